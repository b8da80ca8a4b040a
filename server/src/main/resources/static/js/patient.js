// Draws one signal of a patient with gaps drawn as gaps, and limits as lines. The same values stand in a table below.
"use strict";

const holder = document.getElementById("chart");
const series = JSON.parse(document.getElementById("series").textContent);
const ink = getComputedStyle(document.body).getPropertyValue("--ink").trim();
const line = getComputedStyle(document.body).getPropertyValue("--line").trim();
const stroke = getComputedStyle(document.body).getPropertyValue("--action").trim();

function withGaps(points, gapSeconds) {
  const times = [];
  const values = [];
  points.forEach((point, index) => {
    if (index > 0 && point[0] - points[index - 1][0] > gapSeconds) {
      times.push(points[index - 1][0] + gapSeconds);
      values.push(null);
    }
    times.push(point[0]);
    values.push(point[1]);
  });
  return [times, values];
}

if (series.points.length > 0) {
  const axis = { stroke: ink, grid: { stroke: line, width: 0.5 }, ticks: { stroke: line } };
  const options = {
    width: holder.clientWidth,
    height: 320,
    series: [
      {},
      { label: series.label + " (" + series.unit + ")", stroke: stroke, width: 2, spanGaps: false, points: { size: 5 } },
    ],
    axes: [axis, { ...axis, label: series.unit }],
  };
  const plot = new uPlot(options, withGaps(series.points, series.gapSeconds), holder);
  window.addEventListener("resize", () => plot.setSize({ width: holder.clientWidth, height: 320 }));
}
