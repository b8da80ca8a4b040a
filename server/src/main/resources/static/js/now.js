// Keeps the page "Now" current: an event from the server fetches the board anew; timers and ages run on their own.
"use strict";

const board = document.getElementById("board");
const connection = document.getElementById("connection");
const politely = document.getElementById("politely");
const atOnce = document.getElementById("at-once");

let loading = false;
let again = false;

async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const response = await fetch("/now/board", { headers: { Accept: "text/html" } });
    if (response.redirected || response.status === 401) {
      window.location.reload();
      return;
    }
    if (!response.ok) {
      lost();
      return;
    }
    const focused = document.activeElement && document.activeElement.id;
    board.innerHTML = await response.text();
    if (focused) {
      document.getElementById(focused)?.focus();
    }
    tick();
  } catch (failure) {
    lost();
  } finally {
    loading = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

function lost() {
  connection.hidden = false;
}

function spell(seconds) {
  if (seconds < 60) return seconds + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min " + (seconds % 60) + " s";
  if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
  return Math.floor(seconds / 86400) + " d " + Math.floor((seconds % 86400) / 3600) + " h";
}

function tick() {
  for (const element of board.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(element.dateTime)) / 1000));
    element.textContent = spell(seconds);
  }
}

const events = new EventSource("/now/events");
events.addEventListener("open", () => {
  connection.hidden = true;
  refresh();
});
events.addEventListener("error", lost);
events.addEventListener("alert", (event) => {
  const news = JSON.parse(event.data);
  (news.tier === "high" ? atOnce : politely).textContent = news.text;
  refresh();
});
events.addEventListener("beat", () => {
  connection.hidden = true;
});

setInterval(tick, 1000);
setInterval(refresh, 30000);
tick();
