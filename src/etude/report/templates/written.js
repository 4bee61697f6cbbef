/* Long texts side by side, with what differs from the ideal answer marked. */
(() => {
  const ALIKE = 0.25; /* of the words: with fewer in common, marks would only be noise */
  const { data, at, text, element, option } = paged;

  function fillChecks() {
    option(at("check"), "", "any check, or none");
    data.checks.forEach((name, i) => option(at("check"), i, name));
    at("check").parentElement.hidden = data.checks.length === 0;
  }

  function failsChosen(answers, i) {
    const check = at("check").value;
    return check === "" || answers.faults[i].some(([place]) => place === +check);
  }

  /* The most first: failed checks, or length. */
  function bySize(answers) {
    const size = {
      faults: (i) => answers.faults[i].length,
      long: (i) => (text(answers.output[i]) ?? "").length,
    }[at("order").value];
    return size ? (i, j) => size(j) - size(i) : null;
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
    if (answers.turns[i].length) {
      made.append(element("p", `with others: ${answers.turns[i].map(text).join("; ")}`, "small"));
    }
    if (answers.evidence[i].length) {
      const shown = answers.evidence[i].map(text).join(", ");
      made.append(element("p", `shown in its prompt: ${shown}`, "small"));
    }
    return made;
  }

  function row(i, first, second) {
    const made = element("article");
    const head = element("p", undefined, "small");
    head.append(element("code", data.ids[i]), ` · ${text(data.sides[i])}`);
    const grid = element("div", undefined, "grid");
    grid.append(textBox("Input", text(data.inputs[i])), textBox("Ideal answer", text(data.targets[i])));
    for (const place of second === null ? [first] : [first, second]) {
      grid.append(answerBox(data.answers[place], i, data.candidates[place]));
    }
    made.append(head, grid);
    return made;
  }

  fillChecks();
  paged.show({
    size: 20,
    keeps: failsChosen,
    searched: (answers, i) => [data.ids[i], ...[data.inputs[i], data.targets[i], answers.output[i]].map(text)],
    order: bySize,
    head: () => { at("legend").hidden = !at("mark").checked; },
    row,
  });
})();
