// The page: the library at one side, the chosen item at the other. The address' fragment is the item's reference, so
// that reloading and the browser's back button do what people expect.
import { playerQuery } from './abilities.js';
import { addressOf, onlyRef } from './place.js';
import { createPlayer } from './player.js';
import { Problem, bytes, clock, language, problemOf, titleOf } from './words.js';

const byId = (id) => document.getElementById(id);
const player = createPlayer();
const infos = new Map();
const query = await playerQuery();
let items = [];

function chosenRef() {
  return onlyRef ?? location.hash.slice(1);
}

/** Fetches what the server knows of an item, once. */
function infoOf(ref) {
  let info = infos.get(ref);
  if (info === undefined) {
    info = fetch(addressOf(ref, `info.json?${query}`)).then(async (response) => {
      if (!response.ok) throw new Problem(await problemOf(response));
      return await response.json();
    });
    infos.set(ref, info);
    const forget = () => infos.delete(ref);
    // What is still being found out may be known the next time.
    info.then(({ hls }) => hls?.state === 'pending' && forget(), forget);
  }
  return info;
}

/** The length of an item in seconds; what playing it would take need not be found out for that. */
async function lengthOf(ref) {
  const response = await fetch(addressOf(ref, 'info.json?hls=none'));
  return response.ok ? (await response.json()).durationMs / 1000 : Number.NaN;
}

/** Durations are asked for when their line comes into view. */
const lazy = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    lazy.unobserve(target);
    lengthOf(target.dataset.ref).then(
      (seconds) =>
        (target.querySelector('.length').textContent = Number.isNaN(seconds) ? '–' : clock(seconds)),
      () => (target.querySelector('.length').textContent = '–'),
    );
  }
});

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function lineOf(item) {
  const line = element('li');
  const button = element('button');
  button.type = 'button';
  button.dataset.ref = item.ref;
  const folder = item.path.includes('/') ? item.path.slice(0, item.path.lastIndexOf('/')) : item.root;
  button.append(
    element('span', 'name', titleOf(item.path)),
    element('span', 'length', ''),
    element('span', 'place', item.size === undefined ? 'remote' : `${folder} · ${bytes(item.size)}`),
  );
  button.addEventListener('click', () => {
    if (location.hash === `#${item.ref}`) choose();
    else location.hash = item.ref;
  });
  line.append(button);
  return line;
}

function showLibrary(isTruncated) {
  const wanted = byId('filter').value.trim().toLowerCase();
  const shown = items.filter((item) => item.path.toLowerCase().includes(wanted));
  lazy.disconnect();
  byId('library').replaceChildren(...shown.map(lineOf));
  for (const button of byId('library').querySelectorAll('button')) lazy.observe(button);
  const count = `${shown.length} ${shown.length === 1 ? 'item' : 'items'}`;
  byId('library-note').textContent =
    items.length === 0
      ? 'There are no media files here.'
      : isTruncated
        ? `${count}, and more than can be listed`
        : count;
  markChosen();
}

function markChosen() {
  for (const button of byId('library').querySelectorAll('button')) {
    button.setAttribute('aria-current', String(button.dataset.ref === chosenRef()));
  }
}

async function choose() {
  const ref = chosenRef();
  if (!/^[\w-]+$/.test(ref)) return;
  markChosen();
  byId('welcome').hidden = true;
  byId('player').hidden = false;
  const item = items.find((each) => each.ref === ref);
  byId('title').textContent = item === undefined ? '' : titleOf(item.path);
  byId('facts').textContent = '';
  byId('tracks').tBodies[0].replaceChildren();
  const info = infoOf(ref);
  void player.open({
    ref,
    info: () => infoOf(ref),
    query,
    showForm: (renditions) => showTracks(ref, info, renditions),
  });
  try {
    const known = await info;
    if (chosenRef() === ref) showInfo(known);
  } catch {
    // The player says the same, and says it on the screen.
  }
}

function showInfo(info) {
  byId('title').textContent = info.title ?? titleOf(info.name);
  document.title = `${byId('title').textContent} – segmint`;
  byId('facts').textContent = [info.container, clock(info.durationMs / 1000)].filter(Boolean).join(' · ');
}

/** Shows what happens to each track: in segments that may be something else than in one stream. */
async function showTracks(ref, info, renditions) {
  const known = await info.catch(() => undefined);
  if (known === undefined || chosenRef() !== ref) return;
  byId('tracks').tBodies[0].replaceChildren(...known.tracks.map((track) => rowOf(track, renditions)));
}

const ACTIONS = { copy: 'copied', transcode: 'transcoded', drop: 'left out' };

function rowOf(track, renditions) {
  const decision = renditions.find(({ trackId }) => trackId === track.id)?.decision ?? track;
  const row = element('tr');
  const kind = element('th', '', `${track.id} · ${track.type}`);
  kind.scope = 'row';
  const format = [track.codec === 'unknown' ? track.codecTag : track.codec, ...detailsOf(track)].join(' · ');
  const spoken = [language(track.language), track.name].filter(Boolean).join(' · ');
  const happens = element('td');
  const badge = element('span', 'badge', ACTIONS[decision.action] ?? decision.action);
  badge.dataset.action = decision.action;
  happens.append(badge, decision.reason);
  row.append(kind, element('td', '', format), element('td', '', spoken), happens);
  return row;
}

function detailsOf({ video, audio }) {
  if (video?.width > 0) return [`${video.width}×${video.height}`];
  if (audio?.channels > 0) {
    return [
      { 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' }[audio.channels] ?? `${audio.channels} channels`,
      ...(audio.sampleRate > 0 ? [`${audio.sampleRate / 1000} kHz`] : []),
    ];
  }
  return [];
}

async function loadLibrary() {
  try {
    const response = await fetch('/library.json');
    if (!response.ok) throw new Problem(await problemOf(response));
    const library = await response.json();
    items = library.items;
    byId('filter').addEventListener('input', () => showLibrary(library.isTruncated));
    showLibrary(library.isTruncated);
  } catch (error) {
    byId('library-note').textContent = error.message;
  }
}

if (onlyRef === undefined) await loadLibrary();
else document.body.classList.add('single');
window.addEventListener('hashchange', choose);
await choose();
