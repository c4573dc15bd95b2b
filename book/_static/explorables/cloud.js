"use strict";
// Particles in the double well U = (θ² − 1)² under the printed update, physlib's scheme
// "symplectic-euler": v ← (1 − γ)v − αU′(θ) + √(2γαT) η, θ ← θ + v. The tests hold the two together.

Explorables.cloud = (() => {
  const PARTICLES = 4000, SHOWN_EVERY = 10, BINS = 55, LOST = 10;
  const TOO_LONG = 0.6; // of the stability limit: from here on, particles were seen to fly off

  const potential = (theta) => (theta ** 2 - 1) ** 2;

  /** Uniform numbers in (0, 1) from a seed: Chris Doty-Humphrey's sfc32, public domain. */
  function uniforms(seed) {
    let [a, b, c, counter] = [0, seed | 0, 0x9e3779b9 | 0, 1];
    const next = () => {
      const sum = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return ((sum >>> 0) + 0.5) / 2 ** 32;
    };
    for (let i = 0; i < 15; i++) next(); // until the seed has spread
    return next;
  }

  /** Pairs of independent normal numbers after Box and Muller, one at a time. */
  function normals(seed) {
    const uniform = uniforms(seed);
    let spare = null;
    return () => {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(uniform())), angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    };
  }

  class Cloud {
    /** At rest, spread over the left valley. */
    constructor(seed, particles = PARTICLES) {
      this.normal = normals(seed);
      this.theta = Float64Array.from({length: particles}, (_, i) => -1.4 + (0.8 * i) / (particles - 1));
      this.v = new Float64Array(particles);
      this.steps = 0;
    }

    advance(steps, {temperature, damping, lr}) {
      const {theta, v, normal} = this, kick = Math.sqrt(2 * damping * lr * temperature);
      for (let step = 0; step < steps; step++)
        for (let i = 0; i < theta.length; i++) {
          const x = theta[i];
          v[i] = (1 - damping) * v[i] - lr * 4 * x * (x * x - 1) + (kick && kick * normal());
          theta[i] += v[i];
          if (!(Math.abs(theta[i]) < LOST)) theta[i] = v[i] = NaN; // it does not come back
        }
      this.steps += steps;
    }
  }

  /** The part of all particles in each bin, over its width. */
  function histogram(theta, low, high) {
    const width = (high - low) / BINS, top = new Array(BINS).fill(0);
    for (const x of theta) {
      const bin = Math.floor((x - low) / width);
      if (bin >= 0 && bin < BINS) top[bin] += 1 / (theta.length * width);
    }
    const left = top.map((_, bin) => low + bin * width);
    return {left, right: left.map((x) => x + width), top};
  }

  /** Boltzmann's density on a grid that holds all of it, and the mean energy, by quadrature. */
  function boltzmann(temperature) {
    if (temperature === 0) return {theta: [], density: [], energy: 0};
    const theta = Array.from({length: 1201}, (_, i) => -3 + i / 200);
    const weight = theta.map((x) => Math.exp(-potential(x) / temperature));
    const Z = weight.reduce((sum, w) => sum + w) / 200;
    const density = weight.map((w) => w / Z);
    return {theta, density, energy: density.reduce((s, p, i) => s + p * potential(theta[i]), 0) / 200};
  }

  /**
   * α times the curvature, in units of physlib.theory.stability_limit, at which a quadratic well
   * explodes: in the valleys; where a particle of energy 6T turns round (one in several hundred has
   * more); and as far out as any is likely to be, at the start or later.
   */
  function strain({temperature, damping, lr}) {
    const at = (energy) => ((8 + 12 * Math.sqrt(energy)) * lr) / (2 * (2 - damping));
    const [warm, first] = [6 * temperature, potential(-1.4)];
    return {valleys: at(0), walls: at(warm), outside: at(Math.max(warm, first))};
  }

  /** What the size of the step does, in words; "" where it does nothing that one can see. */
  function warning(settings) {
    const {valleys, walls, outside} = strain(settings);
    if (valleys >= 1)
      return "Unstable: even in the valleys, α times the curvature is 2(2 − γ) or more.";
    if (outside >= TOO_LONG)
      return "Too long a step: high up on the walls, α times the curvature comes near 2(2 − γ) or "
        + "exceeds it, and particles that get there may fly off.";
    if (settings.temperature && walls >= 1 / 4)
      return "A long step: high up on the walls, α times the curvature is not small beside 2(2 − γ), "
        + "and the cloud is visibly hotter than Boltzmann’s.";
    return "";
  }

  function sentence(cloud, settings, expected) {
    const {number} = Explorables, {valleys, outside} = strain(settings);
    const kept = cloud.theta.filter((x) => !Number.isNaN(x)), lost = PARTICLES - kept.length;
    const energy = kept.reduce((sum, x) => sum + potential(x), 0) / kept.length;
    const right = (100 * kept.filter((x) => x > 0).length) / kept.length;
    const said = [`After ${cloud.steps} steps,`];
    if (kept.length)
      said.push(`${number(right, 0)} % of the particles are on the right, and the mean of U is `
        + `${number(energy, 3)} (Boltzmann: ${number(expected, 3)}).`);
    else said.push("no particle is left: start again.");
    if (lost) said.push(`${lost} of ${PARTICLES} have flown off.`);
    if (settings.temperature && outside < TOO_LONG)
      said.push("In the valleys, steps of this size make positions hotter than T by "
        + `${number(100 * (1 / (1 - valleys) - 1), 1)} %.`);
    return said.join(" ");
  }

  function start({figures, source, say, warn, motion}) {
    let cloud = new Cloud(1), settings, expected;
    const {start: low, end: high} = figures.histogram.x_range;
    const shown = (_, i) => i % SHOWN_EVERY === 0;
    const draw = () => {
      const {lr} = settings, x = cloud.theta.filter(shown), v = cloud.v.filter(shown);
      source("dots").data = {x, y: x.map((theta, i) => potential(theta) + v[i] ** 2 / (2 * lr))};
      source("bars").data = histogram(cloud.theta, low, high);
      say(sentence(cloud, settings, expected));
    };
    const advance = (steps) => {
      cloud.advance(steps, settings);
      draw();
    };
    motion(() => advance(1));
    return {
      get cloud() { return cloud; },
      advance,
      show(values) {
        settings = values;
        const {energy, ...curve} = boltzmann(values.temperature);
        expected = energy;
        source("boltzmann").data = curve;
        const peak = Math.max(1, ...curve.density);
        figures.histogram.y_range.setv({start: 0, end: 1.4 * peak});
        warn(warning(values));
        draw();
      },
      leap: () => advance(100),
      restart() {
        cloud = new Cloud(1);
        draw();
      },
    };
  }

  return {Cloud, normals, start};
})();
