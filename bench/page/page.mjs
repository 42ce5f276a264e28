/** `node page.mjs DATA.json PAGE.html`: plots of what was measured, as one page without scripts. */
import { readFileSync, writeFileSync } from "node:fs";
import { init } from "echarts";

/**
 * Horizontal bars on a logarithmic axis, the shortest at the top.
 * @param {{ title: string, unit: string, bars: { name: string, value: number, min: number, max: number, own: boolean }[] }} plot
 */
function drawn({ title, unit, bars }) {
  const sorted = [...bars].sort((a, b) => b.value - a.value);
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: 760,
    height: 70 + 20 * sorted.length,
  });
  chart.setOption({
    animation: false,
    title: { text: title, textStyle: { fontSize: 14 } },
    grid: { left: 220, right: 90, top: 40, bottom: 30 },
    xAxis: { type: "log", name: unit },
    yAxis: { type: "category", data: sorted.map(({ name }) => name) },
    series: [
      {
        type: "bar",
        barWidth: 11,
        data: sorted.map(({ value, own }) => ({
          value,
          itemStyle: { color: own ? "#2f6fb3" : "#b9bec5" },
        })),
        label: {
          show: true,
          position: "right",
          formatter: ({ value }) => Number(value).toPrecision(3),
        },
      },
      {
        type: "custom",
        data: sorted.map(({ min, max }, i) => [min, max, i]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_, api) => {
          const from = api.coord([api.value(0), api.value(2)]);
          const to = api.coord([api.value(1), api.value(2)]);
          const shape = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
          return { type: "line", shape, style: { stroke: "#444" } };
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const [, , data, page] = process.argv;
const { title, notes, plots } = JSON.parse(readFileSync(data, "utf8"));
const escaped = (text) =>
  text.replace(
    /[&<>]/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c],
  );
writeFileSync(
  page,
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>body { font: 15px/1.5 sans-serif; max-width: 780px; margin: 2rem auto; }</style>
<h1>${escaped(title)}</h1>
${notes.map((note) => `<p>${escaped(note)}</p>`).join("\n")}
${plots.map(drawn).join("\n")}
</html>
`,
);
