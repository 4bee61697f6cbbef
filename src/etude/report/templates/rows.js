/* Rows of a task with labels, as a table. */
(() => {
  const { data, at, text, element, fillTexts, same } = paged;

  /* Rows without a confidence stand last, whichever way round. */
  function bySureness(answers) {
    const order = at("order").value;
    if (order === "file") return null;
    const sign = order === "sure" ? -1 : 1;
    const sure = (i) => (answers.confidence[i] === null ? 2 * sign : answers.confidence[i]);
    return (i, j) => sign * (sure(i) - sure(j));
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
      for (const place of answers.turns[i]) box.append(element("div", text(place), "small"));
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

  function head(first, second) {
    at("head-first").textContent = data.candidates[first];
    at("head-second").hidden = second === null;
    at("head-second").textContent = second === null ? "" : data.candidates[second];
  }

  function row(i, first, second) {
    const made = element("tr");
    made.append(textCell(data.ids[i], "row", "mono"));
    made.append(textCell(text(data.inputs[i]), "text", "text cut"));
    made.append(textCell(text(data.targets[i]), "right answer"));
    for (const place of second === null ? [first] : [first, second]) {
      made.append(answerCell(data.answers[place], i, data.candidates[place]));
    }
    return made;
  }

  fillTexts("target", data.targets);
  fillTexts("answer", data.answers.flatMap((a) => a.output));
  paged.show({
    size: 50,
    keeps: (answers, i) => same("target", data.targets[i]) && same("answer", answers.output[i]),
    searched: (answers, i) => [data.ids[i], text(data.inputs[i])],
    order: bySureness,
    head,
    row,
  });
})();
