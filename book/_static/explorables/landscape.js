"use strict";
// The loss of one sample with ten outputs, and where it is least. The physics is physlib's
// `ginzburg_landau_loss`; the tests hold the two together.

Explorables.landscape = (() => {
  const CLASSES = 10, TARGET = 0, EPS = 1e-8;
  const MAP = 101, CUT = 801; // points a side

  const points = (count) => Array.from({length: count}, (_, i) => (2 * i) / (count - 1) - 1);
  const [MAP_POINTS, CUT_POINTS] = [points(MAP), points(CUT)];

  /** ⟨α d² − γ d⁴ + κ s²⟩ over the classes, which lie on a ring. */
  function bracket(phi, {alpha, gamma, kappa}) {
    let largest = EPS, sum = 0;
    for (const value of phi) largest = Math.max(largest, Math.abs(value) + EPS);
    for (let i = 0; i < CLASSES; i++) {
      const d2 = (phi[i] / largest - (i === TARGET ? 1 : 0)) ** 2;
      const slope = (phi[(i + 1) % CLASSES] - phi[(i + CLASSES - 1) % CLASSES]) / (2 * largest);
      sum += alpha * d2 - gamma * d2 * d2 + kappa * slope * slope;
    }
    return sum / CLASSES;
  }

  /** 1 at the target, n at its two neighbours, g at the others. */
  const outputs = (n, g) => [1, n, g, g, g, g, g, g, g, n];

  /** Where f vanishes between a and b, at which it has different signs. */
  function root(f, a, b) {
    const sign = Math.sign(f(a));
    for (let i = 0; i < 60; i++) {
      const middle = (a + b) / 2;
      if (Math.sign(f(middle)) === sign) a = middle;
      else b = middle;
    }
    return (a + b) / 2;
  }

  /** From a place in [−1, 1]ᵏ downhill along the axes, in steps that halve. */
  function descend(f, place, step) {
    let least = f(place);
    while (step > 1e-9) {
      let moved = false;
      for (let axis = 0; axis < place.length; axis++)
        for (const way of [-step, step]) {
          const next = [...place];
          next[axis] = Math.max(-1, Math.min(1, next[axis] + way));
          const value = f(next);
          if (value < least) [place, least, moved] = [next, value, true];
        }
      if (!moved) step /= 2;
    }
    return place;
  }

  /** Minima of f, whose values on a grid are known, each refined; of equals the first counts. */
  function minima(f, grid, values, axes) {
    const side = grid.length, found = [];
    const ways = axes === 1 ? [[-1], [1]]
      : [-1, 0, 1].flatMap((j) => [-1, 0, 1].map((i) => [i, j])).filter(([i, j]) => i || j);
    values.forEach((value, here) => {
      const index = axes === 1 ? [here] : [here % side, Math.floor(here / side)];
      for (const way of ways) {
        const next = index.map((i, axis) => i + way[axis]);
        if (next.some((i) => i < 0 || i >= side)) continue;
        const there = next.reduceRight((sum, i) => sum * side + i, 0);
        if (values[there] < value || (values[there] === value && there < here)) return;
      }
      found.push(descend(f, index.map((i) => grid[i]), grid[1] - grid[0]));
    });
    return found;
  }

  /** Minima of |Q|, without those where it changes sign, or of Q itself. */
  function lows(Q, grid, values, axes, absolute) {
    const above = minima(Q, grid, values, axes);
    if (!absolute) return above;
    const below = minima((place) => -Q(place), grid, values.map((value) => -value), axes);
    return [...above.filter((place) => Q(place) >= 0), ...below.filter((place) => Q(place) < 0)];
  }

  /** The lines on which Q vanishes: a piece for each square of the map that they cross. */
  function zeros(Q, values) {
    const pieces = {x0: [], y0: [], x1: [], y1: []}, grid = MAP_POINTS;
    const sign = grid.map((_, j) => grid.map((_, i) => values[j * MAP + i] > 0));
    for (let j = 0; j + 1 < MAP; j++)
      for (let i = 0; i + 1 < MAP; i++) {
        const [w, e, s, n] = [grid[i], grid[i + 1], grid[j], grid[j + 1]], ends = [];
        if (sign[j][i] !== sign[j][i + 1]) ends.push([root((x) => Q([x, s]), w, e), s]);
        if (sign[j][i] !== sign[j + 1][i]) ends.push([w, root((y) => Q([w, y]), s, n)]);
        if (sign[j + 1][i + 1] !== sign[j + 1][i]) ends.push([root((x) => Q([x, n]), w, e), n]);
        if (sign[j + 1][i + 1] !== sign[j][i + 1]) ends.push([e, root((y) => Q([e, y]), s, n)]);
        for (let k = 0; k + 1 < ends.length; k += 2) {
          [[pieces.x0, pieces.y0], [pieces.x1, pieces.y1]].forEach(([x, y], end) => {
            x.push(ends[k + end][0]);
            y.push(ends[k + end][1]);
          });
        }
      }
    return pieces;
  }

  /** All that is shown, for the weights. */
  function compute(weights, absolute) {
    const fold = absolute ? Math.abs : (value) => value;
    const Q = ([n, g]) => bracket(outputs(n, g), weights);
    const along = ([h]) => Q([h, h]);
    const field = MAP_POINTS.flatMap((g) => MAP_POINTS.map((n) => Q([n, g])));
    const signed = CUT_POINTS.map((h) => along([h]));
    const cut = lows(along, CUT_POINTS, signed, 1, absolute).map(([h]) => h);
    if (absolute)
      CUT_POINTS.slice(1).forEach((h, i) => {
        if (signed[i] > 0 === signed[i + 1] > 0) return;
        const zero = root((x) => along([x]), CUT_POINTS[i], h);
        // Q may also touch zero from above, which is a minimum found already.
        if (cut.every((known) => Math.abs(known - zero) > 1e-6)) cut.push(zero);
      });
    cut.sort((a, b) => a - b);
    return {
      loss: field.map(fold),
      zeros: zeros(Q, field),
      lows: lows(Q, MAP_POINTS, field, 2, absolute),
      curves: {h: CUT_POINTS, bracket: signed, loss: signed.map(fold)},
      minima: cut.map((h) => [h, fold(along([h]))]),
      target: fold(Q([0, 0])),
    };
  }

  function sentence({minima, target}, absolute) {
    const {number} = Explorables;
    const least = Math.min(...minima.map(([, loss]) => loss));
    const where = minima.filter(([, loss]) => loss < least + 1e-9);
    const places = where.map(([h]) => number(h, 2)).join(" and at h = ");
    const edge = where.some(([h]) => Math.abs(h) === 1)
      ? " There, only the normalisation stops it from falling further." : "";
    const bound = absolute ? "" : edge;
    return `At the target the loss is ${number(target, 4)}. On the diagonal it is least at `
      + `h = ${places}, where it is ${number(least, 4)}.${bound}`;
  }

  function start({figures, source, say}) {
    const [low, high] = [figures.cut.y_range.start, figures.cut.y_range.end];
    return {
      show(values, {absolute}) {
        const found = compute(values, absolute);
        source("field").data = {loss: [Explorables.image(found.loss, MAP)]};
        source("zeros").data = found.zeros;
        const columns = (pairs) => ({x: pairs.map((p) => p[0]), y: pairs.map((p) => p[1])});
        source("lows").data = columns(found.lows);
        source("curves").data = found.curves;
        source("minima").data = columns(found.minima);
        figures.cut.y_range.setv({start: absolute ? -high / 20 : low, end: high});
        say(sentence(found, absolute));
      },
    };
  }

  return {start};
})();
