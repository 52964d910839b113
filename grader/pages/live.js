"use strict";
(() => {
  const state = document.getElementById("state");
  let socket;

  const say = (words, gone) => {
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("gone", gone);
  };

  // What a node is known by among its siblings: what a reader has opened stays open.
  const key = (node) =>
    node.id || (node.nodeName === "DETAILS" ? node.firstChild.textContent.replace(/\d+/g, "") : "");

  // Make one node like another and touch only what differs: nothing flashes, nothing scrolls.
  const become = (mine, wanted) => {
    if (mine === state || mine.isEqualNode(wanted)) return;
    if (mine.nodeType !== 1 || mine.nodeName !== wanted.nodeName || key(mine) !== key(wanted)) {
      mine.replaceWith(wanted);
      return;
    }
    for (const { name, value } of wanted.attributes) {
      if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
    }
    for (const { name } of [...mine.attributes]) {
      if (name !== "open" && !wanted.hasAttribute(name)) mine.removeAttribute(name);
    }
    let next = mine.firstChild;
    for (const child of [...wanted.childNodes]) {
      const known = key(child) && [...mine.childNodes].find((one) => key(one) === key(child));
      if (known && known !== next) mine.insertBefore(known, next);
      const here = known || next;
      if (here && (known || !key(here))) {
        next = here.nextSibling;
        become(here, child);
      } else {
        mine.insertBefore(child, next);
      }
    }
    while (next) {
      const rest = next.nextSibling;
      next.remove();
      next = rest;
    }
  };

  const connect = () => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}${location.pathname}live`);
    socket.onmessage = ({ data }) => {
      const told = JSON.parse(data);
      const wanted = new DOMParser().parseFromString(told.document, "text/html");
      document.title = wanted.title;
      become(document.body, wanted.body);
      say(told.state, false);
    };
    socket.onclose = () => say(state.dataset.gone, true);
  };

  connect();
  // A computer that slept, or a browser that saved memory, may have lost a grader that is there.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && socket.readyState === WebSocket.CLOSED) connect();
  });
})();
