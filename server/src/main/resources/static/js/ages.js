// Ages and timers run on by the server's clock: that of this machine may be wrong by minutes.
"use strict";

const ages = {
  ahead: 0,

  /** The server said what time it is. */
  set(now) {
    if (now) ages.ahead = Date.parse(now) - Date.now();
  },

  spell(seconds) {
    if (seconds < 60) return seconds + " s";
    if (seconds < 3600) return Math.floor(seconds / 60) + " min " + (seconds % 60) + " s";
    if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
    return Math.floor(seconds / 86400) + " d " + Math.floor((seconds % 86400) / 3600) + " h";
  },

  tick() {
    const now = Date.now() + ages.ahead;
    for (const element of document.querySelectorAll("time[data-since]")) {
      const text = ages.spell(Math.max(0, Math.floor((now - Date.parse(element.dateTime)) / 1000)));
      if (element.textContent !== text) element.textContent = text;
    }
  },
};

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
for (const element of document.querySelectorAll("time[data-moment]")) {
  element.textContent = moment.format(new Date(element.dateTime));
}
ages.set(document.querySelector("[data-now]")?.dataset.now);
ages.tick();
setInterval(ages.tick, 1000);
