// A button under every still that plays its animation in its place, and stops it again.
// Nothing moves, and nothing of it is loaded, before the reader asks.
{
  const root = document.documentElement.dataset.content_root;
  for (const still of document.querySelectorAll("img.animation")) {
    const name = still.getAttribute("src").split("/").pop().replace(/\.png$/, "");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "play btn btn-sm";
    let moving = null;
    const say = () => { button.textContent = moving ? "Stop the animation" : "Play the animation"; };
    button.addEventListener("click", () => {
      if (moving) {
        moving.remove();
        moving = null;
      } else {
        moving = new Image();
        moving.alt = still.alt;
        moving.className = "moving";
        moving.src = `${root}_static/animations/${name}.webp`;
        still.before(moving);
      }
      still.classList.toggle("waits", moving !== null);
      say();
    });
    say();
    still.after(button);
  }
}
