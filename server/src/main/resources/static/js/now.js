// Keeps the page "Now" current: an event from the server fetches the board anew; only what changed is replaced.
"use strict";

const board = document.getElementById("board");
const connection = document.getElementById("connection");
const problem = document.getElementById("problem");
const notice = document.getElementById("notice");
const politely = document.getElementById("politely");
const atOnce = document.getElementById("at-once");

/** Asks for a fragment, and for 401 instead of the login page. */
const AS_FRAGMENT = { "X-Requested-With": "XMLHttpRequest", Accept: "*/*" };
/** Buttons that just moved under the pointer wait that long: a double click must not take the next alert too. */
const SETTLE_MS = 400;
const RECONNECT_MS = 5000;

const shown = new Map();
let loading = false;
let again = false;

/** A section without what differs at each fetch: running times and form tokens. */
function essence(section) {
  const copy = section.cloneNode(true);
  copy.querySelectorAll("time").forEach((time) => (time.textContent = ""));
  copy.querySelectorAll("input[name=_csrf]").forEach((token) => token.setAttribute("value", ""));
  copy.querySelectorAll("details").forEach((details) => details.removeAttribute("open"));
  return copy.innerHTML;
}

function cards(section) {
  return [...section.querySelectorAll(".alert")].map((card) => card.id).join();
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
  const moved = cards(old) !== cards(fresh);
  const opened = [...old.querySelectorAll("details[open]")].map((details) => details.id);
  old.replaceChildren(...fresh.childNodes);
  opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (focused !== null) {
    (document.getElementById(focused) || old.querySelector("h2"))?.focus();
  }
  if (moved) {
    const buttons = [...old.querySelectorAll("button")];
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(() => buttons.forEach((button) => button.removeAttribute("aria-disabled")), SETTLE_MS);
  }
}

function title() {
  const waiting = board.querySelectorAll("#high .alert").length;
  document.title = (waiting > 0 ? "(" + waiting + ") " : "") + "Now - Vigil";
}

function adopt(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector(".board");
  ages.set(fresh.dataset.now);
  for (const section of fresh.querySelectorAll("section")) {
    const text = essence(section);
    if (shown.get(section.id) !== text) {
      shown.set(section.id, text);
      replace(document.getElementById(section.id), section);
    }
  }
  if (fresh.dataset.notice) say(notice, fresh.dataset.notice);
  ages.tick();
  title();
}

/** Also the same words again are read out again. */
function say(region, text) {
  const words = document.createElement("span");
  words.textContent = text;
  region.replaceChildren(words);
}

function fail(text) {
  problem.textContent = text;
  problem.hidden = false;
}

async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const response = await fetch("/now/board", { headers: AS_FRAGMENT });
    if (response.status === 401 || response.status === 403) {
      window.location.reload();
    } else if (response.ok) {
      adopt(await response.text());
      connection.hidden = true;
    } else {
      connection.hidden = false;
    }
  } catch (failure) {
    connection.hidden = false;
  } finally {
    loading = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

async function step(form, button) {
  button.setAttribute("aria-disabled", "true");
  problem.hidden = true;
  notice.replaceChildren();
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: AS_FRAGMENT,
    });
    if (response.status === 401 || response.status === 403) {
      window.location.reload();
    } else if (response.ok || response.status === 409) {
      adopt(await response.text());
    } else {
      fail("That was not taken: the server answered " + response.status + ". Try again.");
    }
  } catch (failure) {
    fail("That was not taken: no answer from the server. Try again.");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function listen() {
  const events = new EventSource("/now/events");
  events.addEventListener("open", refresh);
  events.addEventListener("beat", refresh);
  events.addEventListener("alert", (event) => {
    const news = JSON.parse(event.data);
    say(news.urgent ? atOnce : politely, news.text);
    refresh();
  });
  events.addEventListener("error", () => {
    connection.hidden = false;
    if (events.readyState === EventSource.CLOSED) {
      refresh();
      setTimeout(listen, RECONNECT_MS);
    }
  });
}

board.addEventListener("submit", (event) => {
  const form = event.target.closest("form.step");
  if (form) {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled") !== "true") step(form, button);
  }
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
window.addEventListener("online", refresh);

board.querySelectorAll("section").forEach((section) => shown.set(section.id, essence(section)));
title();
listen();
