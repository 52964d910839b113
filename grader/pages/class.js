"use strict";
(() => {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const table = document.querySelector("#learners table");
  const body = table.tBodies[0];
  // Rows that are no part of one another's layout are moved and hidden ten times as fast; what
  // they are has then to be said again to those who hear the page.
  const say = (role, all) => Array.from(all, (one) => one.setAttribute("role", role));
  say("table", [table]);
  say("rowgroup", [table.tHead, body]);
  say("row", table.rows);
  say("columnheader", table.tHead.querySelectorAll("th"));
  say("rowheader", body.querySelectorAll("th"));
  say("cell", body.querySelectorAll("td"));
  table.classList.add("fast");
  const rows = Array.from(body.rows, (row) => ({
    row,
    text: plain(row.textContent),
    kinds: (row.dataset.kinds || "").split(" "),
    cells: Array.from(row.cells, (cell) => plain(cell.textContent)),
  }));
  const query = document.getElementById("query");
  const kind = document.getElementById("kind");
  const count = document.getElementById("count");
  const show = () => {
    const words = plain(query.value).split(/\s+/);
    let found = 0;
    for (const one of rows) {
      const fits = kind.value === "all" || one.kinds.includes(kind.value);
      one.row.hidden = !(fits && words.every((word) => one.text.includes(word)));
      found += one.row.hidden ? 0 : 1;
    }
    count.textContent = `${found} of ${rows.length} shown`;
  };
  const order = new Intl.Collator(undefined, { numeric: true }).compare;
  const columns = Array.from(document.querySelectorAll("#learners thead th"));
  const sort = (at) => {
    const down = columns[at].getAttribute("aria-sort") === "ascending";
    columns.forEach((head) => head.removeAttribute("aria-sort"));
    columns[at].setAttribute("aria-sort", down ? "descending" : "ascending");
    const turn = down ? -1 : 1;
    rows.sort((one, other) => turn * order(one.cells[at], other.cells[at]));
    body.append(...rows.map((one) => one.row));
  };
  columns.slice(0, -1).forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(at));
  });
  query.addEventListener("input", show);
  kind.addEventListener("change", show);
  query.closest("[hidden]").hidden = false;
  show();
})();
