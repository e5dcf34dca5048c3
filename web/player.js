// The player's controls: buttons, the position bar, the keyboard.
import { StreamPlayer } from './stream-player.js';
import { clock, language } from './words.js';

const SKIP_SECONDS = 10;
const byId = (id) => document.getElementById(id);

/**
 * Wires the controls of the page to a player.
 * @returns `open(item)` plays an item: `ref`, `info` (may come later through `describe`), and `start` in seconds.
 */
export function createPlayer() {
  const video = byId('video');
  const player = new StreamPlayer(video);
  const [seek, play, mute, volume, full, audio] = ['seek', 'play', 'mute', 'volume', 'full', 'audio'].map(
    byId,
  );
  const [problem, busy] = [byId('problem'), byId('busy')];
  const isPlain = new URLSearchParams(location.search).get('player') === 'plain';
  let item;
  let isDragging = false;
  let hasFailed = false;

  function open(next, start = 0) {
    item = next;
    hasFailed = false;
    problem.hidden = true;
    busy.hidden = false;
    const query = audio.value === '' ? {} : { audioTrack: audio.value };
    player.open({ url: `/m/${item.ref}/stream.mp4`, duration: item.duration, query, start, plain: isPlain });
    show();
  }

  function show() {
    const { duration } = player;
    const position = isDragging ? Number(seek.value) : player.position;
    const isKnown = Number.isFinite(duration);
    seek.disabled = !isKnown;
    seek.max = isKnown ? duration : 0;
    if (!isDragging) seek.value = position;
    seek.setAttribute('aria-valuetext', `${clock(position)} of ${clock(duration)}`);
    byId('position').textContent = clock(position);
    byId('duration').textContent = clock(duration);
    play.dataset.playing = String(!video.paused);
    play.setAttribute('aria-label', video.paused ? 'Play' : 'Pause');
    mute.setAttribute('aria-pressed', String(video.muted));
    volume.value = video.muted ? 0 : video.volume;
  }

  function fail(message) {
    hasFailed = true;
    busy.hidden = true;
    problem.textContent = message;
    problem.hidden = false;
    show();
  }

  function togglePlay() {
    if (hasFailed) open(item, Number(seek.value));
    else if (!video.paused && !video.ended) video.pause();
    else {
      if (video.ended) player.seek(0);
      // Refused only while something new is being loaded, which plays by itself.
      video.play().catch(() => undefined);
    }
  }

  function toggleFull() {
    if (document.fullscreenElement === null) byId('screen').requestFullscreen?.();
    else document.exitFullscreen();
  }

  function seekTo(seconds) {
    if (hasFailed) open(item, Math.max(0, seconds));
    else player.seek(seconds);
    show();
  }

  player.addEventListener('change', show);
  player.addEventListener('problem', (event) => fail(event.detail));
  for (const name of ['play', 'pause', 'ended', 'volumechange', 'seeked']) video.addEventListener(name, show);
  for (const name of ['waiting', 'seeking', 'loadstart']) {
    video.addEventListener(name, () => (busy.hidden = hasFailed));
  }
  for (const name of ['playing', 'canplay', 'seeked', 'emptied']) {
    video.addEventListener(name, () => (busy.hidden = true));
  }

  play.addEventListener('click', togglePlay);
  video.addEventListener('click', togglePlay);
  full.addEventListener('click', toggleFull);
  mute.addEventListener('click', () => (video.muted = !video.muted));
  volume.addEventListener('input', () => {
    video.muted = false;
    video.volume = Number(volume.value);
  });
  seek.addEventListener('input', () => {
    isDragging = true;
    show();
  });
  seek.addEventListener('change', () => {
    isDragging = false;
    seekTo(Number(seek.value));
  });
  audio.addEventListener('change', () => open(item, player.position));

  document.addEventListener('keydown', (event) => {
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    // A button, a bar and a text field have keys of their own.
    const own = event.target.closest?.('input, select, textarea, button, a');
    if (own !== null && !(own === seek && (event.key === 'ArrowLeft' || event.key === 'ArrowRight'))) return;
    const action = {
      ' ': togglePlay,
      k: togglePlay,
      f: toggleFull,
      m: () => (video.muted = !video.muted),
      ArrowLeft: () => seekTo(player.position - SKIP_SECONDS),
      ArrowRight: () => seekTo(player.position + SKIP_SECONDS),
      Home: () => seekTo(0),
    }[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });

  /** Offers the audio tracks of an item, when there is a choice. */
  function offerAudio(tracks) {
    const choices = tracks.filter((track) => track.type === 'audio' && track.action !== 'drop');
    audio.replaceChildren(
      ...choices.map((track) => {
        const label = [language(track.language), track.name].filter(Boolean).join(' · ');
        return new Option(label || `Track ${track.id}`, String(track.id), false, track.isDefault === true);
      }),
    );
    byId('audio-choice').hidden = choices.length < 2;
  }

  return { open, fail, offerAudio };
}
