"use strict";
/* Long texts side by side, in pages. Texts of the data are only ever set as text, never as markup. */
(() => {
  const PAGE = 20;
  const ALIKE = 0.25; /* of the words: with fewer in common, marks would only be noise */
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

  function fill() {
    option(at("second"), "", "nothing");
    data.candidates.forEach((title, i) => {
      option(at("first"), i, title);
      option(at("second"), i, title);
    });
    at("first").value = data.first;
    at("second").value = data.second === null ? "" : data.second;
    option(at("check"), "", "any check, or none");
    data.checks.forEach((name, i) => option(at("check"), i, name));
    at("check").parentElement.hidden = data.checks.length === 0;
    option(at("side"), "", "any");
    for (const side of new Set(data.sides)) option(at("side"), side, text(side));
  }

  const needsTwo = new Set(["differ", "only-first", "only-second", "both-wrong"]);
  const tests = {
    all: () => true,
    wrong: (a) => a === 0,
    right: (a) => a === 1,
    other: (a, b, x, y, t) => a !== null && x !== t,
    none: (a, b, x) => a !== null && x === null,
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
    const check = at("check").value === "" ? null : +at("check").value;
    const side = at("side").value;
    const words = at("search").value.trim().toLowerCase();
    found = [];
    for (let i = 0; i < data.ids.length; i += 1) {
      const said = first.output[i];
      if (test(first.right[i], second && second.right[i], said, second && second.output[i], data.targets[i])
        && (check === null || first.faults[i].some(([place]) => place === check))
        && (side === "" || data.sides[i] === +side)
        && (!words || [data.ids[i], text(data.inputs[i]), text(data.targets[i]), text(said)]
          .join("\n").toLowerCase().includes(words))) {
        found.push(i);
      }
    }
    const size = {
      faults: (i) => first.faults[i].length,
      long: (i) => (text(first.output[i]) ?? "").length,
    }[at("order").value];
    if (size) found.sort((i, j) => size(j) - size(i) || i - j);
    page = 0;
    draw();
  }

  /* Words with the white space that follows each. */
  const pieces = (words) => (words.match(/\S+\s*|\s+/g) ?? []);

  /* The longest common row of words (Myers' problem, solved by table; ends that agree are cut off). */
  function compared(ideal, said) {
    const a = pieces(ideal), b = pieces(said);
    const same = (i, j) => a[i].trim() === b[j].trim();
    let start = 0, endA = a.length, endB = b.length;
    while (start < endA && start < endB && same(start, start)) start += 1;
    while (endA > start && endB > start && same(endA - 1, endB - 1)) { endA -= 1; endB -= 1; }
    const rows = endA - start, columns = endB - start;
    const best = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
    for (let i = rows - 1; i >= 0; i -= 1) {
      for (let j = columns - 1; j >= 0; j -= 1) {
        best[i][j] = same(start + i, start + j)
          ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
      }
    }
    const common = start + (a.length - endA) + best[0][0];
    if (common < ALIKE * Math.max(a.length, b.length)) return null;
    const parts = b.slice(0, start).map((piece) => ["same", piece]);
    let i = 0, j = 0;
    while (i < rows || j < columns) {
      if (i < rows && j < columns && same(start + i, start + j)) {
        parts.push(["same", b[start + j]]); i += 1; j += 1;
      } else if (i < rows && (j === columns || best[i + 1][j] >= best[i][j + 1])) {
        parts.push(["del", a[start + i]]); i += 1;
      } else {
        parts.push(["ins", b[start + j]]); j += 1;
      }
    }
    return parts.concat(b.slice(endB).map((piece) => ["same", piece]));
  }

  /* Neighbours of one kind in one mark, white space at its end outside. Lines break where they do in
     the answer, so what is struck out ends in a space. */
  function marked(parts) {
    const made = document.createDocumentFragment();
    let i = 0;
    while (i < parts.length) {
      const kind = parts[i][0];
      let words = "";
      while (i < parts.length && parts[i][0] === kind) { words += parts[i][1]; i += 1; }
      if (kind === "same") made.append(words);
      else {
        const space = kind === "del" ? " " : words.slice(words.trimEnd().length);
        made.append(element(kind, words.trimEnd()), space || " ");
      }
    }
    return made;
  }

  function box(title, className) {
    const made = element("section", undefined, className);
    made.append(element("h3", title));
    return made;
  }

  function textBox(title, words) {
    const made = box(title);
    const body = element("div", words ?? "not given", data.json && title !== "Input" ? "text mono" : "text");
    body.dir = "auto";
    made.append(body);
    return made;
  }

  function status(answers, i) {
    const right = answers.right[i];
    if (right === null) return element("span", "not measured", "unmeasured");
    const failed = answers.faults[i].length;
    const wrong = answers.output[i] === null ? "no answer"
      : failed ? `fails ${failed} ${failed === 1 ? "check" : "checks"}` : "must be mended";
    return element("span", right ? `✓ ${data.right}` : `✗ ${wrong}`, right ? "word good" : "word bad");
  }

  function answerBox(answers, i, title) {
    const made = box(title, "answer");
    made.append(status(answers, i));
    if (answers.right[i] === null) return made;
    const said = text(answers.output[i]);
    const body = element("div", undefined, data.json ? "text mono" : "text");
    body.dir = "auto";
    const ideal = text(data.targets[i]);
    const parts = at("mark").checked && said !== null && ideal !== null ? compared(ideal, said) : null;
    if (parts) body.append(marked(parts));
    else body.textContent = said ?? `no answer: ${text(answers.failure[i])}`;
    made.append(body);
    if (at("mark").checked && said !== null && !parts) {
      made.append(element("p", "shares too few words with the ideal answer to mark them", "small"));
    }
    if (answers.faults[i].length) {
      const list = element("ul", undefined, "faults");
      for (const [check, reason] of answers.faults[i]) {
        const item = element("li");
        item.append(element("span", "✗ ", "bad"), element("bdi", data.checks[check]), ": ", element("bdi", text(reason)));
        list.append(item);
      }
      made.append(list);
    }
    if (answers.evidence[i].length) {
      const shown = answers.evidence[i].map(text).join(", ");
      made.append(element("p", `shown in its prompt: ${shown}`, "small"));
    }
    return made;
  }

  function draw() {
    const two = at("second").value !== "";
    const first = +at("first").value;
    const second = +at("second").value;
    at("legend").hidden = !at("mark").checked;
    const body = document.createDocumentFragment();
    for (const i of found.slice(page * PAGE, (page + 1) * PAGE)) {
      const row = element("article");
      const head = element("p", undefined, "small");
      head.append(element("code", data.ids[i]), ` · ${text(data.sides[i])}`);
      const grid = element("div", undefined, "grid");
      grid.append(textBox("Input", text(data.inputs[i])), textBox("Ideal answer", text(data.targets[i])));
      grid.append(answerBox(data.answers[first], i, data.candidates[first]));
      if (two) grid.append(answerBox(data.answers[second], i, data.candidates[second]));
      row.append(head, grid);
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
