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
