"use strict";
/* Conveniences only: the page says the same without them. */
(() => {
  const button = document.getElementById("copy");
  const command = document.getElementById("command");
  if (button && command && navigator.clipboard) {
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(command.textContent).then(
        () => { button.textContent = "Copied"; },
        () => { getSelection().selectAllChildren(command); },
      );
    });
  }
  const over = () => document.querySelectorAll("td .how[open]");
  addEventListener("click", (event) => {
    for (const part of over()) if (!part.contains(event.target)) part.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const part of over()) {
      if (part.contains(document.activeElement)) part.firstElementChild.focus();
      part.open = false;
    }
  });
  const closed = [];
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details.print:not([open])")) {
      part.open = true;
      closed.push(part);
    }
  });
  addEventListener("afterprint", () => {
    while (closed.length) closed.pop().open = false;
  });
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
