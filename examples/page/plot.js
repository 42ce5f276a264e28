// The two pictures of the page.

/** Loss of each step, and part of the unseen digits that are right, over the steps. */
export function drawCurves(canvas, losses, scores, steps) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const [left, right, top, bottom] = [36, width - 52, 10, height - 24];
  const x = (step) => left + ((right - left) * step) / steps;
  const y = (part) => bottom - (bottom - top) * part;
  const most = 2.5;
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  context.lineWidth = 1;
  context.textBaseline = "middle";
  for (let part = 0; part <= 1; part += 0.2) {
    context.strokeStyle = part === 0 ? "#444" : "#e4e4e4";
    line(context, [
      [left, y(part)],
      [right, y(part)],
    ]);
    context.textAlign = "right";
    context.fillStyle = "#1668b8";
    context.fillText((most * part).toFixed(1), left - 8, y(part));
    context.textAlign = "left";
    context.fillStyle = "#b35900";
    context.fillText(`${(100 * part).toFixed(0)} %`, right + 8, y(part));
  }
  context.textAlign = "center";
  context.fillStyle = "#444";
  for (let step = 0; step <= steps; step += 46)
    context.fillText(String(step), x(step), bottom + 14);
  context.lineWidth = 1.5;
  context.strokeStyle = "#1668b8";
  line(
    context,
    losses.map((loss, i) => [x(i + 1), y(Math.min(loss / most, 1))]),
  );
  context.strokeStyle = "#b35900";
  line(
    context,
    scores.map(([step, part]) => [x(step), y(part)]),
  );
}

function line(context, points) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

const [columns, side, room] = [20, 24, 32];

/** Digits in rows, each with what it is taken for below it. */
export function drawDigits(canvas, images, guesses, labels) {
  const context = canvas.getContext("2d");
  const rows = Math.floor(canvas.height / (side + 18));
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "top";
  for (let i = 0; i < columns * rows; i++) {
    const x = room * (i % columns) + (room - side) / 2;
    const y = (side + 18) * Math.floor(i / columns);
    images[i].forEach((grey, k) => {
      const level = 255 - Math.round(255 * grey);
      context.fillStyle = `rgb(${level} ${level} ${level})`;
      context.fillRect(x + 3 * (k % 8), y + 3 * Math.floor(k / 8), 3, 3);
    });
    context.fillStyle = guesses[i] === labels[i] ? "#999" : "#d00";
    context.fillText(String(guesses[i]), x + side / 2, y + side + 1);
  }
}
