"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const stage = document.getElementById("stage");
  const panel = document.getElementById("panel");
  const search = document.getElementById("search");
  const picture = stage.querySelector("svg");
  const [width, height] = ["width", "height"].map((side) => Number(picture.getAttribute(side)));
  const boxes = [...picture.querySelectorAll(".box")];
  const links = [...picture.querySelectorAll(".link")].map((shape) => (
    { shape, from: Number(shape.dataset.from), to: Number(shape.dataset.to) }));
  const places = boxes.map((box) => box.transform.baseVal[0].matrix);
  const sizes = boxes.map((box) => {
    const frame = box.querySelector(".frame");
    return [Number(frame.getAttribute("width")), Number(frame.getAttribute("height"))];
  });
  const above = data.boxes.map(() => []);
  const below = data.boxes.map(() => []);
  for (const { from, to } of links) {
    below[from].push(to);
    above[to].push(from);
  }
  const texts = data.boxes.map((box) => (
    [box.key, ...box.notes, ...box.details.map((pair) => pair.join(" "))].join("\n").toLowerCase()));
  const gone = new Set();
  let chosen = -1;

  /* The names of lanes stay in sight, at the top. */
  const lanes = [...picture.querySelectorAll(".lane-group")].map((shape) => {
    const ground = shape.querySelector(".lane");
    const name = document.createElement("span");
    name.textContent = shape.dataset.group;
    name.title = shape.dataset.group;
    document.getElementById("lanes").append(name);
    return { name, shape, x: Number(ground.getAttribute("x")), size: Number(ground.getAttribute("width")) };
  });

  /* The part of the picture that is seen: its upper left corner and the scale. */
  const view = { x: 0, y: 0, scale: 1 };
  const show = () => {
    const { clientWidth, clientHeight } = stage;
    picture.setAttribute("viewBox",
      `${view.x} ${view.y} ${clientWidth / view.scale} ${clientHeight / view.scale}`);
    for (const { name, x, size } of lanes) {
      name.style.left = `${(x - view.x) * view.scale}px`;
      name.style.width = `${size * view.scale}px`;
    }
  };
  const zoom = (factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) => {
    const scale = Math.min(4, Math.max(0.02, view.scale * factor));
    view.x += x / view.scale - x / scale;
    view.y += y / view.scale - y / scale;
    view.scale = scale;
    show();
  };
  const shownEdges = () => {
    const seen = boxes.flatMap((_, number) => (gone.has(data.boxes[number].group) ? [] : [number]));
    if (!seen.length || seen.length === boxes.length) return { x: 0, y: 0, right: width, bottom: height };
    return {
      x: Math.min(...seen.map((number) => places[number].e)) - 40,
      y: Math.min(...seen.map((number) => places[number].f)) - 40,
      right: Math.max(...seen.map((number) => places[number].e + sizes[number][0])) + 40,
      bottom: Math.max(...seen.map((number) => places[number].f + sizes[number][1])) + 40,
    };
  };
  /* All that is not hidden, below the names of the lanes. */
  const fit = (least = 0) => {
    const edges = shownEdges();
    const strip = lanes.length ? document.getElementById("lanes").clientHeight : 0;
    const [wide, high] = [edges.right - edges.x, edges.bottom - edges.y];
    const room = stage.clientHeight - strip;
    const scale = Math.min(1, stage.clientWidth / wide, room / high);
    view.scale = Math.max(least, scale);
    view.x = edges.x - Math.max(0, (stage.clientWidth / view.scale - wide) / 2);
    view.y = edges.y - Math.max(0, (room / view.scale - high) / 2) - strip / view.scale;
    show();
    return scale >= least;
  };
  const centre = (number) => {
    view.scale = Math.max(view.scale, 0.7);
    view.x = places[number].e + sizes[number][0] / 2 - stage.clientWidth / view.scale / 2;
    view.y = places[number].f + sizes[number][1] / 2 - stage.clientHeight / view.scale / 2;
    show();
  };

  /* What is below, or above, a box, however far. */
  const reached = (start, step) => {
    const found = new Set([start]);
    const waiting = [start];
    while (waiting.length) {
      for (const other of step[waiting.pop()]) {
        if (!found.has(other)) {
          found.add(other);
          waiting.push(other);
        }
      }
    }
    return found;
  };

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const list = (heading, items) => {
    if (!items.length) return;
    const all = element("ul");
    for (const item of items) {
      const line = element("li");
      line.append(...item);
      all.append(line);
    }
    panel.append(element("h3", heading), all);
  };
  const jumps = (numbers) => [...new Set(numbers)].map((number) => {
    const button = element("button", data.boxes[number].key, "jump");
    button.type = "button";
    button.addEventListener("click", () => choose(number, true));
    return [button];
  });
  const describe = (number) => {
    const box = data.boxes[number];
    const close = element("button", "×", "close");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => choose(-1));
    panel.replaceChildren(close, element("h2", box.key));
    for (const note of box.notes) panel.append(element("p", note.replace(`${box.key}: `, "")));
    list(data.words.details, box.details.map(([symbol, text]) => (
      [element("span", symbol, "symbol"), text])));
    list(data.words.above, jumps(above[number]));
    list(data.words.below, jumps(below[number]));
  };
  const choose = (number, move = false) => {
    if (chosen >= 0) boxes[chosen].classList.remove("chosen");
    chosen = number;
    const some = number >= 0;
    panel.hidden = !some;
    picture.classList.toggle("choosing", some);
    const [before, after] = some ? [reached(number, above), reached(number, below)] : [new Set(), new Set()];
    boxes.forEach((box, other) => box.classList.toggle("near", before.has(other) || after.has(other)));
    for (const { shape, from, to } of links) {
      shape.classList.toggle("near", some && (from === number || to === number));
      shape.classList.toggle("way", (before.has(from) && before.has(to)) || (after.has(from) && after.has(to)));
    }
    history.replaceState(null, "", some ? `#${encodeURIComponent(data.boxes[number].key)}` : "#");
    if (!some) {
      show();
      return;
    }
    boxes[number].classList.add("chosen");
    describe(number);
    if (move) centre(number);
    else show();
  };

  let hits = [];
  let current = -1;
  const find = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    hits = wanted.length
      ? texts.flatMap((text, number) => (
        wanted.every((word) => text.includes(word)) && !gone.has(data.boxes[number].group)
          ? [number] : []))
      : [];
    current = -1;
    const among = new Set(hits);
    picture.classList.toggle("searching", wanted.length > 0);
    boxes.forEach((box, number) => box.classList.toggle("hit", among.has(number)));
    document.getElementById("found").textContent = wanted.length ? `${hits.length} found` : "";
  };
  const next = (step) => {
    if (!hits.length) return;
    current = (current + step + hits.length) % hits.length;
    choose(hits[current], true);
    document.getElementById("found").textContent = `${current + 1} of ${hits.length}`;
  };

  const filter = () => {
    boxes.forEach((box, number) => box.classList.toggle("gone", gone.has(data.boxes[number].group)));
    for (const { shape, from, to } of links) {
      shape.classList.toggle("gone", gone.has(data.boxes[from].group) || gone.has(data.boxes[to].group));
    }
    for (const { name, shape } of lanes) {
      name.hidden = gone.has(shape.dataset.group);
      shape.classList.toggle("gone", name.hidden);
    }
    for (const tick of document.querySelectorAll("#groups input")) tick.checked = !gone.has(tick.value);
    find();
  };
  const groups = [...new Set(data.boxes.map((box) => box.group))].sort();
  for (const group of groups) {
    const mine = data.boxes.filter((box) => box.group === group);
    const pending = mine.filter((box) => box.looks.includes("pending")).length;
    const label = element("label");
    const tick = element("input");
    tick.type = "checkbox";
    tick.value = group;
    tick.checked = true;
    tick.addEventListener("change", () => {
      if (tick.checked) gone.delete(group);
      else gone.add(group);
      filter();
    });
    label.append(tick, element("span", group),
      element("span", pending ? `${pending} of ${mine.length} ○` : String(mine.length), "number"));
    const item = element("li");
    item.append(label);
    document.getElementById("groups").append(item);
  }
  document.getElementById("all").addEventListener("click", () => {
    gone.clear();
    filter();
  });
  document.getElementById("none").addEventListener("click", () => {
    groups.forEach((group) => gone.add(group));
    filter();
  });

  boxes.forEach((box, number) => {
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(number);
    });
    box.addEventListener("focus", () => {
      if (box.matches(":focus-visible")) centre(number);
    });
  });

  /* One finger or button moves the picture, two fingers or the wheel scale it. */
  const pointers = new Map();
  let moved = 0;
  const apart = () => {
    const [one, other] = [...pointers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  stage.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved = 0;
  });
  addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 ? apart() : 0;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    last.x = event.clientX;
    last.y = event.clientY;
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved < 4) return;
    stage.classList.add("moving");
    if (before) {
      const corner = stage.getBoundingClientRect();
      zoom(apart() / before, event.clientX - corner.left, event.clientY - corner.top);
    } else {
      view.x -= dx / view.scale;
      view.y -= dy / view.scale;
      show();
    }
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    stage.classList.remove("moving");
  };
  addEventListener("pointerup", release);
  addEventListener("pointercancel", release);
  stage.addEventListener("click", (event) => {
    if (moved >= 4) return;
    const box = event.target.closest(".box");
    choose(box ? Number(box.dataset.box) : -1);
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const corner = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 500)),
      event.clientX - corner.left, event.clientY - corner.top);
  }, { passive: false });

  document.getElementById("in").addEventListener("click", () => zoom(1.3));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 1.3));
  document.getElementById("fit").addEventListener("click", () => fit());
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      find();
      choose(-1);
    }
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
    } else if (event.key === "+" || event.key === "=") zoom(1.3);
    else if (event.key === "-") zoom(1 / 1.3);
    else if (event.key === "0") fit();
  });
  addEventListener("resize", show);

  stage.classList.add("live");
  const asked = decodeURIComponent(location.hash.slice(1));
  const wanted = data.boxes.findIndex((box) => box.key === asked);
  if (!fit(0.45)) {
    /* Too much to read at once: begin where something is to be done. */
    const urgent = ["conflict", "pending"].map((look) => (
      data.boxes.findIndex((box) => box.looks.includes(look)))).find((number) => number >= 0);
    view.scale = 0.8;
    view.x = 0;
    view.y = 0;
    if (urgent === undefined) show();
    else centre(urgent);
  }
  if (wanted >= 0) choose(wanted, true);
})();
