/* What both pages of rows share: choosing candidates, narrowing down, pages. It knows where rows,
   candidates and texts stand in the data, and nothing of how a row looks. Texts of the data are only
   ever set as text, never as markup. */
const paged = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const text = (place) => (place === null ? null : data.texts[place]);

  const element = (name, words, className) => {
    const made = document.createElement(name);
    if (words !== undefined) made.textContent = words;
    if (className) made.className = className;
    return made;
  };
  /* `name` is what the address calls it by. */
  const option = (select, value, words, name = words) => {
    const made = element("option", words);
    made.value = value;
    made.dataset.name = value === "" ? "" : name;
    select.append(made);
  };

  /* A list to narrow down by: each text once, in the order of the alphabet. */
  function fillTexts(id, places) {
    option(at(id), "", "any");
    const distinct = [...new Set(places)].filter((place) => place !== null);
    distinct.sort((a, b) => text(a).localeCompare(text(b)));
    for (const place of distinct) option(at(id), place, text(place));
  }

  function fillCandidates() {
    option(at("second"), "", "nothing");
    data.candidates.forEach((title, i) => {
      option(at("first"), i, title, data.names[i]);
      option(at("second"), i, title, data.names[i]);
    });
    at("first").value = data.first;
    at("second").value = data.second ?? "";
  }

  /* Of a row: whether the first and the second are right (1, 0, null: not asked), what they said,
     and the target. */
  const tests = {
    all: () => true,
    wrong: (a) => a === 0,
    right: (a) => a === 1,
    other: (a, b, x, y, target) => a !== null && x !== target,
    none: (a, b, x) => a !== null && x === null,
    differ: (a, b, x, y) => a !== null && b !== null && x !== y,
    "only-first": (a, b) => a === 1 && b === 0,
    "only-second": (a, b) => a === 0 && b === 1,
    "both-wrong": (a, b) => a === 0 && b === 0,
  };
  const needsTwo = new Set(["differ", "only-first", "only-second", "both-wrong"]);

  /* The wrong turns of a candidate, the most often first; the list of them is made anew for each. */
  function fillTurns(answers) {
    const counts = new Map();
    for (const place of answers.turns.flat()) counts.set(place, (counts.get(place) ?? 0) + 1);
    const kept = at("turn").value;
    at("turn").replaceChildren();
    option(at("turn"), "", "any, or none");
    for (const [place, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      option(at("turn"), place, `${text(place)} (${count})`, text(place));
    }
    at("turn").value = counts.has(+kept) && kept !== "" ? kept : "";
    at("turn").parentElement.hidden = counts.size === 0;
  }

  /* Under a chosen turn: which examples are most like its rows. */
  function sayNear() {
    const place = at("turn").value;
    const found = place === "" ? [] : data.near.filter(([name]) => name === +place).flatMap(([, ids]) => ids);
    at("near").hidden = found.length === 0;
    at("near").textContent = `Examples nearest to these that show how it is done right: ${[...new Set(found)].join(", ")}`;
  }

  /* Whether a list is at "any", or at this place. */
  const same = (id, place) => at(id).value === "" || place === +at(id).value;

  /* Show the page. What is its own:
       size: rows of a page;
       keeps(answers, i): whether the row stays by the page's own lists;
       searched(answers, i): the texts that the search reads;
       order(answers): how two rows are sorted, or null for the file's order;
       head(first, second): called before rows are drawn; second is null where there is none;
       row(i, first, second): the row's element. */
  function show(own) {
    let page = 0;
    let found = [];
    let shownTurns = null;
    const chosen = () => [+at("first").value, at("second").value === "" ? null : +at("second").value];

    /* The list of turns is the first candidate's. */
    function follow() {
      const first = data.answers[chosen()[0]];
      if (first !== shownTurns) fillTurns(first);
      shownTurns = first;
      return first;
    }

    function choose() {
      const first = follow();
      const other = chosen()[1];
      const second = other === null ? null : data.answers[other];
      for (const item of at("show").options) item.disabled = needsTwo.has(item.value) && !second;
      if (at("show").selectedOptions[0].disabled) at("show").value = "wrong";
      sayNear();
      const turn = at("turn").value;
      const part = at("part").value;
      const test = tests[at("show").value];
      const words = at("search").value.trim().toLowerCase();
      found = [];
      for (let i = 0; i < data.ids.length; i += 1) {
        if (test(first.right[i], second && second.right[i], first.output[i],
          second && second.output[i], data.targets[i])
          && same("side", data.sides[i]) && own.keeps(first, i)
          && (turn === "" || first.turns[i].includes(+turn))
          && (part === "" || data.parts[i].includes(+part))
          && (!words || own.searched(first, i).join("\n").toLowerCase().includes(words))) {
          found.push(i);
        }
      }
      const order = own.order(first);
      if (order) found.sort((i, j) => order(i, j) || i - j);
      page = 0;
      address.tell(changed);
      draw();
    }

    function changed() {
      choose();
      address.write();
    }

    /* By a link: to rows that it narrows down to, or to a part below them. */
    function arrive() {
      const part = at(location.hash.slice(1));
      if (part instanceof HTMLDetailsElement) part.open = true;
      address.read(follow);
      choose();
    }

    function draw() {
      const [first, second] = chosen();
      own.head(first, second);
      const body = document.createDocumentFragment();
      for (const i of found.slice(page * own.size, (page + 1) * own.size)) {
        body.append(own.row(i, first, second));
      }
      at("rows").replaceChildren(body);
      const pages = Math.max(1, Math.ceil(found.length / own.size));
      at("count").textContent = `${found.length.toLocaleString("en")} of ${data.ids.length.toLocaleString("en")} rows`;
      at("page").textContent = `page ${page + 1} of ${pages}`;
      at("back").disabled = page === 0;
      at("on").disabled = page + 1 >= pages;
    }

    fillCandidates();
    fillTexts("side", data.sides);
    fillTexts("part", data.parts.flat());
    at("part").parentElement.hidden = data.parts.every((places) => places.length === 0);
    at("controls").addEventListener("input", changed);
    at("controls").addEventListener("submit", (event) => event.preventDefault());
    at("back").addEventListener("click", () => { page -= 1; draw(); });
    at("on").addEventListener("click", () => { page += 1; draw(); });
    at("app").hidden = false;
    at("waiting").hidden = true;
    addEventListener("hashchange", arrive);
    arrive();
  }

  return { data, at, text, element, option, fillTexts, same, show };
})();
