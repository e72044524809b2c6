// A place chosen on a map (components/map_field.html). Leaflet is fetched when the map comes into view. The keyboard
// moves the map with the arrow keys and chooses its middle with Enter; the address field beside it says the same.

import { fill } from "./text.js";

function load(script, style) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = style;
  document.head.append(sheet);
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = script;
    element.onload = () => resolve(window.L);
    element.onerror = reject;
    document.head.append(element);
  });
}

const PIN =
  '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 21.5s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12Z"/><circle cx="12" cy="9.5" r="2.5"/></svg>';

function draw(box, L) {
  const { dataset } = box;
  const [latitude, longitude] = [box.querySelector("[data-map-lat]"), box.querySelector("[data-map-lng]")];
  const state = box.querySelector("[data-map-state]");
  const sheet = box.querySelector("[data-map-sheet]");
  const before = latitude.value && longitude.value ? [Number(latitude.value), Number(longitude.value)] : null;

  sheet.setAttribute("role", "application");
  sheet.setAttribute("aria-label", dataset.textLabel);
  const map = L.map(sheet, { scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  map.setView(before ?? [Number(dataset.lat), Number(dataset.lng)], Number(dataset.zoom));
  const outlines = JSON.parse(dataset.outlines || "[]").map(([name, points]) =>
    L.polygon(points, { interactive: false, weight: 2, fillOpacity: 0.06 })
      .bindTooltip(name, { permanent: true, direction: "center", className: "map-name" })
      .addTo(map),
  );
  if (outlines.length && !before) map.fitBounds(L.featureGroup(outlines).getBounds());
  if (dataset.tiles) L.tileLayer(dataset.tiles, { attribution: dataset.attribution, maxZoom: 19 }).addTo(map);

  let marker = null;
  // A name that stands where the pin is would hide it.
  function makeRoom() {
    const pin = marker?.getElement()?.getBoundingClientRect();
    for (const outline of outlines) {
      const name = outline.getTooltip().getElement();
      if (!name) continue;
      name.style.visibility = "";
      const { left, right, top, bottom } = name.getBoundingClientRect();
      if (pin && left < pin.right && right > pin.left && top < pin.bottom && bottom > pin.top) name.style.visibility = "hidden";
    }
  }
  map.on("moveend zoomend", makeRoom);

  // What a point is called, or where an address is. The last question alone is answered.
  let asked = 0;
  async function ask(question) {
    const mine = (asked += 1);
    try {
      const response = await fetch(`${dataset.places}?${new URLSearchParams(question)}`);
      const found = response.ok ? await response.json() : null;
      return mine === asked ? found : null;
    } catch {
      return null;
    }
  }
  async function say(point) {
    const found = await ask({ lat: point.lat.toFixed(6), lng: point.lng.toFixed(6) });
    if (!found) return;
    box.classList.toggle("map-outside", found.outside);
    state.textContent = found.outside ? found.words : fill(dataset.textChosen, { place: found.words });
  }

  function mark(point, { quietly = false } = {}) {
    marker?.remove();
    marker = null;
    asked += 1;
    box.classList.remove("map-outside");
    latitude.value = point ? point.lat.toFixed(6) : "";
    longitude.value = point ? point.lng.toFixed(6) : "";
    if (point) {
      const icon = L.divIcon({ className: "map-pin", html: PIN, iconSize: [40, 40], iconAnchor: [20, 36] });
      marker = L.marker(point, { icon, draggable: true, keyboard: false, pane: "popupPane" }).addTo(map);
      marker.on("dragend", () => mark(marker.getLatLng()));
    }
    makeRoom();
    if (point && dataset.places) say(point);
    else if (!quietly) {
      state.textContent = point
        ? fill(dataset.textChosen, { place: `${latitude.value}, ${longitude.value}` })
        : dataset.textCleared;
    }
  }

  const address = dataset.places && document.querySelector(`[name="${dataset.address}"]`);
  address?.addEventListener("change", async () => {
    if (!address.value.trim()) return;
    const found = await ask({ address: address.value });
    if (found?.lat == null) return;
    mark(L.latLng(found.lat, found.lng));
    map.setView([found.lat, found.lng], Math.max(map.getZoom(), 14));
  });

  map.on("click", (event) => mark(event.latlng.wrap()));
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== sheet) return;
    event.preventDefault();
    mark(map.getCenter().wrap());
  });
  box.querySelector("[data-map-middle]").addEventListener("click", () => mark(map.getCenter().wrap()));
  box.querySelector("[data-map-clear]").addEventListener("click", () => mark(null));
  const locate = box.querySelector("[data-map-locate]");
  locate.hidden = !("geolocation" in navigator) || !isSecureContext;
  locate.addEventListener("click", () => map.locate({ setView: true, maxZoom: 17 }));
  map.on("locationfound", (event) => mark(event.latlng));
  map.on("locationerror", () => (state.textContent = dataset.textUnknown));
  if (before) mark(L.latLng(before), { quietly: true });
  // Coordinates that are typed, where the page shows them, move the marker.
  for (const field of [latitude, longitude]) {
    field.addEventListener("change", () => {
      const typed = [latitude, longitude].map((each) => (each.value.trim() ? Number(each.value) : NaN));
      marker?.remove();
      marker = null;
      if (typed.some((each) => !Number.isFinite(each)) || Math.abs(typed[0]) > 90 || Math.abs(typed[1]) > 180) return;
      const kept = [latitude.value, longitude.value];
      mark(L.latLng(typed), { quietly: true });
      [latitude.value, longitude.value] = kept;
      map.setView(typed);
    });
  }
}

/** Draw one `[data-map]` once it comes into view. */
export function start(box) {
  const sheet = box.querySelector("[data-map-sheet]");
  const tools = box.querySelector("[data-map-tools]");
  sheet.hidden = false;
  const watch = new IntersectionObserver(
    async (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      try {
        draw(box, window.L ?? (await load(box.dataset.script, box.dataset.style)));
        tools.hidden = false;
      } catch {
        sheet.hidden = true;
        box.querySelector("[data-map-state]").textContent = box.dataset.textMissing;
      }
    },
    { rootMargin: "200px" },
  );
  watch.observe(sheet);
}
