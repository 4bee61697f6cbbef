"use strict";
/* What the rows are narrowed down by, in the address of the page: read from it, kept in step with it,
   and shown as small buttons that take it away again. It knows the lists of the form and the names of
   their options, and nothing of rows. */
const address = (() => {
  const at = (id) => document.getElementById(id);

  /* By key of the address: the list, and the name of its option that narrows nothing (null: it always
     says something). The candidate comes first, for the list of wrong turns follows from it. */
  const every = [
    ["first", "first", null], ["second", "second", ""], ["show", "show", "all"],
    ["label", "target", ""], ["answer", "answer", ""], ["check", "check", ""], ["turn", "turn", ""],
    ["part", "part", ""],
    ["side", "side", ""], ["find", "search", ""], ["order", "order", "file"],
  ].map(([key, id, rest]) => ({ key, list: at(id), rest }));
  const here = every.filter((field) => field.list);

  const nameOf = (option) => option.dataset.name ?? option.value;
  const title = (field) => field.list.parentElement.firstChild.textContent.trim();
  const chosen = ({ list }) => (list.options ? nameOf(list.selectedOptions[0]) : list.value.trim());

  /* Whether the list has an option of this name; it is chosen then. */
  function choose({ list }, name) {
    if (!list.options) { list.value = name; return true; }
    const found = [...list.options].find((option) => nameOf(option) === name);
    if (found) found.selected = true;
    return found !== undefined;
  }

  /* Set every list as the address says; what it does not name narrows nothing. An address without
     filters leaves them alone. `follow` is called when the candidate is set. What it names and this
     page does not have is said. */
  function read(follow) {
    const wanted = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    const astray = every.filter((field) => !field.list && wanted.has(field.key));
    for (const field of [...wanted].length ? here : []) {
      const name = wanted.get(field.key) ?? field.rest;
      if (name !== null && !choose(field, name)) {
        astray.push(field);
        if (field.rest !== null) choose(field, field.rest);
      }
      if (field.key === "first") follow();
    }
    at("astray").hidden = astray.length === 0;
    at("astray").textContent = `! Not on this page, so not narrowed down by it: ${astray
      .map((field) => `${field.key} “${wanted.get(field.key)}”`).join(", ")}`;
  }

  function write() {
    const kept = new URLSearchParams();
    for (const field of here) if (chosen(field) !== field.rest) kept.set(field.key, chosen(field));
    history.replaceState(null, "", `#${String(kept).replaceAll("%40", "@").replaceAll("%3A", ":")}`);
  }

  function button(words, said, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "chip";
    made.textContent = words;
    made.setAttribute("aria-label", said);
    made.addEventListener("click", () => {
      action();
      (at("kept").querySelector("button") ?? at("show")).focus();
    });
    return made;
  }

  /* Show what narrows the rows down; `changed` is called when something is taken away. */
  function tell(changed) {
    const narrowing = here.filter((field) => !["first", "order"].includes(field.key)
      && chosen(field) !== field.rest);
    const without = (fields) => () => {
      for (const field of fields) choose(field, field.rest);
      changed();
    };
    const buttons = narrowing.map((field) => {
      const value = field.list.options ? field.list.selectedOptions[0].textContent : chosen(field);
      const words = field.key === "show" ? value : `${title(field)}: ${value}`;
      return button(`${words} ×`, `Take away: ${words}`, without([field]));
    });
    if (buttons.length > 1) buttons.push(button("every row", "Show every row", without(narrowing)));
    at("kept").replaceChildren(...buttons);
  }

  return { read, write, tell };
})();
