"use strict";
(() => {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = Array.from(document.querySelectorAll("#learners tbody tr"));
  const texts = rows.map((row) => plain(row.textContent));
  const query = document.getElementById("query");
  const count = document.getElementById("count");
  const show = () => {
    const words = plain(query.value).split(/\s+/);
    let found = 0;
    rows.forEach((row, index) => {
      row.hidden = !words.every((word) => texts[index].includes(word));
      found += row.hidden ? 0 : 1;
    });
    count.textContent = `${found} of ${rows.length} shown`;
  };
  query.addEventListener("input", show);
  query.closest("[hidden]").hidden = false;
  show();
})();
