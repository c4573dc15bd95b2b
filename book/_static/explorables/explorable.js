"use strict";
// Joins the figures that Bokeh draws with their controls, for each `.explorable` on the page.

const Explorables = {
  running: {}, // by name, for the tests

  /** A number for people: a true minus sign, no minus zero. */
  number: (value, digits) => value.toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−"),

  /** A square of numbers, row by row from below, as Bokeh draws it. */
  image: (values, side) =>
    Bokeh.require("core/util/ndarray").ndarray(values, {dtype: "float64", shape: [side, side]}),
};

(() => {
  /** Lines and letters in the colour of the page's text, also when the reader changes the theme. */
  function followTheTheme(live, figures) {
    const paint = () => {
      const ink = getComputedStyle(live).color;
      for (const figure of figures) {
        for (const axis of [...figure.left, ...figure.below])
          axis.setv({
            axis_label_text_color: ink, major_label_text_color: ink, axis_line_color: ink,
            major_tick_line_color: ink, minor_tick_line_color: ink,
          });
        for (const part of figure.center) {
          if (part.type === "Legend") part.label_text_color = ink;
          if (part.type === "Grid") part.grid_line_color = ink;
        }
      }
    };
    paint();
    new MutationObserver(paint).observe(
      document.documentElement, {attributes: true, attributeFilter: ["data-theme"]});
  }

  /** A button that runs and pauses; off the screen it rests, and at first where motion is unwelcome. */
  function movie(live, button, frame) {
    let running = !matchMedia("(prefers-reduced-motion: reduce)").matches, visible = false;
    let asked = false;
    const ask = () => {
      if (asked || !running || !visible) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        if (running && visible) frame();
        ask();
      });
    };
    const label = () => { button.textContent = running ? "Pause" : "Run"; };
    button.addEventListener("click", () => {
      running = !running;
      label();
      ask();
    });
    new IntersectionObserver(([entry]) => {
      visible = entry.isIntersecting;
      ask();
    }).observe(live);
    label();
  }

  async function start(live) {
    const name = live.dataset.explorable;
    const find = (selector) => live.querySelector(selector);
    const figures = {}, documents = [];
    live.hidden = false; // Bokeh measures the room that it has
    for (const place of live.querySelectorAll("[data-figure]")) {
      const {textContent} = place.querySelector("script");
      await Bokeh.embed.embed_item(JSON.parse(textContent), place.id);
      const drawn = Bokeh.documents.at(-1);
      if (!drawn.is_idle) await new Promise((resolve) => { drawn.idle.connect(resolve); });
      documents.push(drawn);
      figures[place.dataset.figure] = drawn.roots()[0];
    }
    const source = (wanted) =>
      documents.map((d) => d.get_model_by_name(wanted)).find((model) => model !== null);
    const write = (selector) => (text) => { find(selector).textContent = text; };
    let frame = null;
    const explorable = Explorables[name].start({
      figures, source, say: write(".explorable-says"), warn: write(".explorable-warns"),
      motion: (step) => { frame = step; },
    });

    const sliders = [...live.querySelectorAll("input[type=range]")];
    const switches = [...live.querySelectorAll("input[type=checkbox]")];
    const show = () => {
      const values = {}, on = {};
      for (const slider of sliders) {
        values[slider.name] = JSON.parse(slider.dataset.values)[slider.value];
        const text = String(values[slider.name]).replace("-", "−");
        slider.nextElementSibling.textContent = text;
        slider.setAttribute("aria-valuetext", text);
      }
      for (const box of switches) on[box.name] = box.checked;
      explorable.show(values, on);
    };
    for (const input of [...sliders, ...switches]) input.addEventListener("input", show);
    const button = (wanted) => find(`button[name=${wanted}]`);
    button("post")?.addEventListener("click", () => {
      for (const slider of sliders) slider.value = slider.defaultValue;
      for (const box of switches) box.checked = box.defaultChecked;
      show();
    });
    for (const wanted of ["leap", "restart"])
      button(wanted)?.addEventListener("click", () => explorable[wanted]());
    for (const {canvas_view} of Bokeh.index) // keys do nothing there
      if (canvas_view) canvas_view.events_el.tabIndex = -1;
    followTheTheme(live, Object.values(figures));
    show();
    if (frame) movie(live, button("run"), frame);
    Explorables.running[name] = Object.assign(explorable, {source, figures});
    live.previousElementSibling.loading = "eager"; // out of sight, but at hand for printing
    live.classList.add("explorable-started");
  }

  document.addEventListener("DOMContentLoaded", async () => {
    for (const live of document.querySelectorAll("[data-explorable]"))
      try {
        await start(live);
      } catch (error) {
        live.hidden = true; // the still stays
        console.error(error);
      }
  });
})();
