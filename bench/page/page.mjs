/** `node page.mjs DATA.json PAGE.html`: plots of what was measured, as one page without scripts. */
import { readFileSync, writeFileSync } from "node:fs";
import { init } from "echarts";

const ownColour = "#2f6fb3";
const otherColour = "#8a9099";

/** A time in ns, in the unit that it has most digits in. */
function timeText(ns) {
  const [unit, size] =
    ns < 1e3
      ? ["ns", 1]
      : ns < 1e6
        ? ["us", 1e3]
        : ns < 1e9
          ? ["ms", 1e6]
          : ["s", 1e9];
  return `${String(Number((ns / size).toPrecision(3)))} ${unit}`;
}

/**
 * Medians as points on a logarithmic axis, the shortest time at the top. A logarithm has no zero that a bar could begin at.
 * @param {{ title: string, points: { name: string, value: number, min: number, max: number, own: boolean }[] }} plot
 */
function drawn({ title, points }) {
  const sorted = [...points].sort((a, b) => b.value - a.value);
  const colour = ({ own }) => (own ? ownColour : otherColour);
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: 760,
    height: 80 + 20 * sorted.length,
  });
  chart.setOption({
    animation: false,
    title: { text: title, textStyle: { fontSize: 14 } },
    grid: { left: 230, right: 70, top: 40, bottom: 30 },
    xAxis: {
      type: "log",
      min: ({ min }) => 10 ** Math.floor(Math.log10(min)),
      max: ({ max }) => 10 ** Math.ceil(Math.log10(max)),
      axisLabel: { formatter: timeText },
    },
    yAxis: {
      type: "category",
      axisTick: { show: false },
      data: sorted.map((point) => ({
        value: point.name,
        textStyle: point.own
          ? { color: ownColour, fontWeight: "bold" }
          : { color: "#444" },
      })),
    },
    series: [
      {
        type: "custom",
        data: sorted.map(({ min, max, value }, i) => [min, max, value, i]),
        encode: { x: [0, 1, 2], y: 3 },
        renderItem: (_, api) => {
          const at = (dimension) =>
            api.coord([api.value(dimension), api.value(3)]);
          const [from, to, middle] = [at(0), at(1), at(2)];
          const point = sorted[api.value(3)];
          const line = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
          return {
            type: "group",
            children: [
              {
                type: "line",
                shape: line,
                style: { stroke: colour(point), lineWidth: 1.5, opacity: 0.6 },
              },
              {
                type: "circle",
                shape: { cx: middle[0], cy: middle[1], r: 4 },
                style: { fill: colour(point) },
              },
              {
                type: "text",
                style: {
                  text: timeText(point.value),
                  x: to[0] + 8,
                  y: to[1],
                  verticalAlign: "middle",
                  fill: "#222",
                  fontSize: 11,
                },
              },
            ],
          };
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const [, , data, page] = process.argv;
const { title, machine, note, plots } = JSON.parse(readFileSync(data, "utf8"));
const escaped = (text) =>
  text.replace(
    /[&<>]/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c],
  );
const facts = machine.map(
  ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`,
);
writeFileSync(
  page,
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
body { font: 15px/1.5 sans-serif; max-width: 780px; margin: 2rem auto; padding: 0 1rem; color: #222; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; font-size: 13px; color: #555; }
dd { margin: 0; }
svg { display: block; margin: 1.5rem 0; max-width: 100%; height: auto; }
</style>
<h1>${escaped(title)}</h1>
<dl>
${facts.join("\n")}
</dl>
<p>${escaped(note)}</p>
${plots.map(drawn).join("\n")}
</html>
`,
);
