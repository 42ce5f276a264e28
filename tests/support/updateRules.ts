/** The update rules of torch.optim by formula, for one number: what optimizers are held against. */
export interface Rule {
  readonly kind: string;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
  readonly maximize?: boolean;
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
  readonly amsgrad?: boolean;
  readonly momentumDecay?: number;
  readonly alpha?: number;
  readonly centered?: boolean;
  readonly lrDecay?: number;
  readonly initialAccumulatorValue?: number;
  readonly rho?: number;
}

type State = Record<string, number>;

/** w after step t = 1, 2, ...; `s` starts empty. */
export function stepOf(
  o: Rule,
  lr: number,
  w: number,
  gradient: number,
  s: State,
  t: number,
): number {
  const decay = o.weightDecay ?? 0;
  let g = o.maximize === true ? -gradient : gradient;
  let from = w;
  if (o.kind === "adamw" || o.kind === "lion") from = w * (1 - lr * decay);
  else g += decay * w;
  const eps = o.eps ?? 0;
  const [b1, b2] = o.betas ?? [0, 0];
  const momentum = o.momentum ?? 0;
  const was = (name: string, initial = 0): number => s[name] ?? initial;
  switch (o.kind) {
    case "sgd": {
      if (momentum === 0) return from - lr * g;
      const b =
        s.b === undefined ? g : momentum * s.b + (1 - (o.dampening ?? 0)) * g;
      s.b = b;
      return from - lr * (o.nesterov === true ? g + momentum * b : b);
    }
    case "rmsprop": {
      const alpha = o.alpha ?? 0.99;
      s.v = alpha * was("v") + (1 - alpha) * g * g;
      s.a = alpha * was("a") + (1 - alpha) * g;
      const d =
        g / (Math.sqrt(o.centered === true ? s.v - s.a ** 2 : s.v) + eps);
      if (momentum === 0) return from - lr * d;
      s.b = momentum * was("b") + d;
      return from - lr * s.b;
    }
    case "adagrad":
      s.v = was("v", o.initialAccumulatorValue) + g * g;
      return (
        from -
        ((lr / (1 + (t - 1) * (o.lrDecay ?? 0))) * g) / (Math.sqrt(s.v) + eps)
      );
    case "adadelta": {
      const rho = o.rho ?? 0.9;
      s.v = rho * was("v") + (1 - rho) * g * g;
      const d = (Math.sqrt(was("u") + eps) / Math.sqrt(s.v + eps)) * g;
      s.u = rho * was("u") + (1 - rho) * d * d;
      return from - lr * d;
    }
    case "adamax":
      s.m = b1 * was("m") + (1 - b1) * g;
      s.u = Math.max(b2 * was("u"), Math.abs(g) + eps);
      return from - ((lr / (1 - b1 ** t)) * s.m) / s.u;
    case "lion": {
      const direction = Math.sign(b1 * was("m") + (1 - b1) * g);
      s.m = b2 * was("m") + (1 - b2) * g;
      return from - lr * direction;
    }
    default:
      return adaptive(o, lr, from, g, s, t);
  }
}

/** Adam and what corrects its averages in other ways. */
function adaptive(
  o: Rule,
  lr: number,
  w: number,
  g: number,
  s: State,
  t: number,
): number {
  const [b1, b2] = o.betas ?? [0.9, 0.999];
  const eps = o.eps ?? 1e-8;
  const m = b1 * (s.m ?? 0) + (1 - b1) * g;
  let v = b2 * (s.v ?? 0) + (1 - b2) * g * g;
  s.m = m;
  s.v = v;
  const [c1, c2] = [1 - b1 ** t, 1 - b2 ** t];
  if (o.kind === "adam" || o.kind === "adamw") {
    if (o.amsgrad === true) v = s.vmax = Math.max(s.vmax ?? 0, v);
    return w - ((lr / c1) * m) / (Math.sqrt(v) / Math.sqrt(c2) + eps);
  }
  if (o.kind === "nadam") {
    const mu = (k: number): number =>
      b1 * (1 - 0.5 * 0.96 ** (k * (o.momentumDecay ?? 0.004)));
    const p = (s.p ?? 1) * mu(t);
    s.p = p;
    const den = Math.sqrt(v / c2) + eps;
    const next = mu(t + 1);
    return (
      w -
      (lr * ((1 - mu(t)) / (1 - p)) * g) / den -
      (lr * (next / (1 - p * next)) * m) / den
    );
  }
  if (o.kind !== "radam") throw new Error(`no rule ${o.kind}`);
  const rInf = 2 / (1 - b2) - 1;
  const r = rInf - (2 * t * b2 ** t) / c2;
  if (r <= 5) return w - (lr * m) / c1;
  const rect = Math.sqrt(
    ((r - 4) * (r - 2) * rInf) / ((rInf - 4) * (rInf - 2) * r),
  );
  return w - (((lr * m) / c1) * rect * Math.sqrt(c2)) / (Math.sqrt(v) + eps);
}
