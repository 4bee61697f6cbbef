"use strict";
/* Shows the rows in pages. Texts of the data are only ever set as text, never as markup. */
(() => {
  const PAGE = 50;
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const text = (place) => (place === null ? null : data.texts[place]);
  let page = 0;
  let found = [];

  const element = (name, words, className) => {
    const made = document.createElement(name);
    if (words !== undefined) made.textContent = words;
    if (className) made.className = className;
    return made;
  };
  const option = (select, value, words) => {
    const made = element("option", words);
    made.value = value;
    select.append(made);
  };
  const distinct = (places) => [...new Set(places)].filter((p) => p !== null)
    .sort((a, b) => text(a).localeCompare(text(b)));

  function fill() {
    data.candidates.forEach((title, i) => {
      option(at("first"), i, title);
      option(at("second"), i, title);
    });
    at("second").prepend(element("option", "nothing"));
    at("second").firstChild.value = "";
    at("first").value = data.first;
    at("second").value = "";
    const lists = [["target", data.targets], ["side", data.sides],
      ["answer", data.answers.flatMap((a) => a.output)]];
    for (const [id, places] of lists) {
      option(at(id), "", "any");
      for (const place of distinct(places)) option(at(id), place, text(place));
    }
  }

  const needsTwo = new Set(["differ", "only-first", "only-second", "both-wrong"]);
  const tests = {
    all: () => true,
    wrong: (a) => a === 0,
    right: (a) => a === 1,
    differ: (a, b, x, y) => a !== null && b !== null && x !== y,
    "only-first": (a, b) => a === 1 && b === 0,
    "only-second": (a, b) => a === 0 && b === 1,
    "both-wrong": (a, b) => a === 0 && b === 0,
  };

  function choose() {
    const first = data.answers[+at("first").value];
    const two = at("second").value !== "";
    const second = two ? data.answers[+at("second").value] : null;
    for (const item of at("show").options) item.disabled = needsTwo.has(item.value) && !two;
    if (at("show").selectedOptions[0].disabled) at("show").value = "wrong";
    const test = tests[at("show").value];
    const words = at("search").value.trim().toLowerCase();
    const same = (id, place) => at(id).value === "" || place === +at(id).value;
    found = [];
    for (let i = 0; i < data.ids.length; i += 1) {
      if (test(first.right[i], second && second.right[i], first.output[i], second && second.output[i])
        && same("target", data.targets[i]) && same("side", data.sides[i])
        && same("answer", first.output[i])
        && (!words || `${data.ids[i]}\n${text(data.inputs[i])}`.toLowerCase().includes(words))) {
        found.push(i);
      }
    }
    const order = at("order").value;
    if (order !== "file") {
      const sign = order === "sure" ? -1 : 1;
      const sure = (i) => (first.confidence[i] === null ? 2 * sign : first.confidence[i]);
      found.sort((i, j) => sign * (sure(i) - sure(j)) || i - j);
    }
    page = 0;
    draw();
  }

  function answerCell(answers, i, title) {
    const cell = element("td");
    cell.dataset.name = title;
    const box = element("div");
    const right = answers.right[i];
    if (right === null) {
      box.append(element("span", "not measured", "unmeasured"));
    } else {
      box.append(element("span", right ? "✓ right" : "✗ wrong", right ? "word good" : "word bad"));
      const said = element("bdi", text(answers.output[i]) ?? `no answer: ${text(answers.failure[i])}`);
      const line = element("div");
      line.append(said);
      box.append(line);
      const sure = answers.confidence[i];
      if (sure !== null) box.append(element("span", `${Math.round(100 * sure)} % sure`, "range"));
    }
    cell.append(box);
    return cell;
  }

  function textCell(words, title, className) {
    const cell = element("td");
    cell.dataset.name = title;
    const box = element("div", words ?? "not given", className);
    box.dir = "auto";
    cell.append(box);
    return cell;
  }

  function draw() {
    const two = at("second").value !== "";
    const first = +at("first").value;
    const second = +at("second").value;
    at("head-first").textContent = data.candidates[first];
    at("head-second").hidden = !two;
    at("head-second").textContent = two ? data.candidates[second] : "";
    const body = document.createDocumentFragment();
    for (const i of found.slice(page * PAGE, (page + 1) * PAGE)) {
      const row = element("tr");
      row.append(textCell(data.ids[i], "row", "mono"));
      row.append(textCell(text(data.inputs[i]), "text", "text cut"));
      row.append(textCell(text(data.targets[i]), "right answer"));
      row.append(answerCell(data.answers[first], i, data.candidates[first]));
      if (two) row.append(answerCell(data.answers[second], i, data.candidates[second]));
      body.append(row);
    }
    at("rows").replaceChildren(body);
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    at("count").textContent = `${found.length.toLocaleString("en")} of ${data.ids.length.toLocaleString("en")} rows`;
    at("page").textContent = `page ${page + 1} of ${pages}`;
    at("back").disabled = page === 0;
    at("on").disabled = page + 1 >= pages;
  }

  fill();
  at("controls").addEventListener("input", choose);
  at("controls").addEventListener("submit", (event) => event.preventDefault());
  at("back").addEventListener("click", () => { page -= 1; draw(); });
  at("on").addEventListener("click", () => { page += 1; draw(); });
  at("app").hidden = false;
  at("waiting").hidden = true;
  choose();
})();
