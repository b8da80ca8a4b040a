// Draws one signal of a patient, with gaps where nothing was measured. The same values stand in the table below.
"use strict";

const holder = document.getElementById("chart");

function draw() {
  const series = JSON.parse(document.getElementById("series").textContent);
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--ink"),
    font: "14px system-ui, sans-serif",
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { stroke: colour("--line") },
  };
  const clock = (step) => ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(step < 60 ? { second: "2-digit" } : {}) });
  const times = (plot, splits, index, space, step) => {
    const words = new Intl.DateTimeFormat(undefined, step < 86400 ? clock(step) : { day: "numeric", month: "short" });
    return splits.map((second) => words.format(new Date(second * 1000)));
  };
  const points = series.points;
  const size = () => ({ width: holder.clientWidth, height: Math.min(360, Math.max(220, holder.clientWidth * 0.5)) });
  const dense = points.length > 150;
  holder.replaceChildren();
  return [
    new uPlot(
      {
        ...size(),
        legend: { show: false },
        cursor: { show: false },
        series: [
          {},
          { stroke: colour("--action"), width: 2, spanGaps: false, points: { show: dense ? undefined : true, size: 6, fill: colour("--action") } },
          { stroke: colour("--medium"), width: 0, paths: () => null, points: { show: true, size: 10, fill: colour("--ground") } },
        ],
        axes: [{ ...axis, values: times, space: 80 }, { ...axis, size: 60 }],
        scales: { x: { range: () => [series.from, series.to] }, y: { range: (plot, low, high) => padded(low, high) } },
      },
      [0, 1, 2].map((column) => points.map((point) => point[column])),
      holder
    ),
    size,
  ];
}

/** Room above and below; a flat line lies in the middle. */
function padded(low, high) {
  const room = Math.max((high - low) * 0.1, Math.abs(high) * 0.02, 0.1);
  return [low - room, high + room];
}

if (holder) {
  let [plot, size] = draw();
  window.addEventListener("resize", () => plot.setSize(size()));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    plot.destroy();
    [plot, size] = draw();
  });
}
