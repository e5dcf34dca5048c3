// The player's controls: buttons, the position bar, the keyboard.
import { HlsPlayer, playsHls } from './hls-player.js';
import { addressOf } from './place.js';
import { StreamPlayer } from './stream-player.js';
import { clock, language } from './words.js';

const SKIP_SECONDS = 10;
const byId = (id) => document.getElementById(id);

/**
 * Wires the controls of the page to its players: HLS where the item and the browser have it, else one continuous stream.
 * @returns `open(item)` plays an item: `ref`; `info`, which asks the server what it is; `query`, what this
 *   browser plays, as the server asks for it; and `showForm`, called with the renditions when it is played as HLS, and with
 *   none when it is played as a stream.
 */
export function createPlayer() {
  const video = byId('video');
  const stream = new StreamPlayer(video);
  const hls = new HlsPlayer(video);
  const [seek, play, mute, volume, full, audio] = ['seek', 'play', 'mute', 'volume', 'full', 'audio'].map(
    byId,
  );
  const [problem, busy, mode] = [byId('problem'), byId('busy'), byId('mode')];
  // For trying things out: `?player=stream`, `plain` (a stream without Media Source Extensions) or `native` (HLS).
  const wanted = new URLSearchParams(location.search).get('player');
  let player = stream;
  let item;
  /** Ids of the audio renditions by the number of the source's track. */
  let audioIds = new Map();
  let isDragging = false;
  let hasFailed = false;

  async function open(next, start = 0) {
    const isNew = item !== next;
    if (isNew) offerAudio([]);
    item = next;
    hasFailed = false;
    problem.hidden = true;
    busy.hidden = false;
    mode.textContent = '';
    hls.close();
    stream.close();
    show();
    // What the stream has to say in its place is said on the screen.
    let info = await next.info().catch(() => undefined);
    while (item === next && info?.hls?.state === 'pending') {
      mode.textContent = 'Looking for places to begin at…';
      info = await next.info().catch(() => undefined);
    }
    if (item !== next) return;
    mode.textContent = '';
    if (isNew) offerAudio(info?.tracks ?? []);
    const refusal = refusalOf(info?.hls);
    if (refusal === undefined) openHls(info, start, isNew);
    else openStream(refusal, start);
  }

  /** Why HLS is not tried; empty when there is nothing to be said about it, undefined when it is. */
  function refusalOf(offer) {
    if (offer === undefined || wanted === 'stream' || wanted === 'plain') return '';
    if (offer.state === 'unavailable') return offer.error.message;
    return playsHls() ? undefined : 'This browser does not play HLS.';
  }

  function openHls({ hls: { renditions, plan } }, start, isNew) {
    player = hls;
    item.showForm(renditions);
    audioIds = new Map(
      renditions.filter(({ type }) => type === 'audio').map(({ trackId, id }) => [String(trackId), id]),
    );
    hls.open({
      url: addressOf(item.ref, `master.m3u8?${item.query}`),
      audio: [...audioIds.values()],
      chosenAudio: isNew ? undefined : audioIds.get(audio.value),
      duration: plan.durationSeconds,
      start,
      isNative: wanted === 'native',
    });
    show();
  }

  function openStream(reason, start) {
    player = stream;
    item.showForm([]);
    if (reason !== '') mode.textContent = `Played as one continuous stream. ${reason}`;
    const query = audio.value === '' ? {} : { audioTrack: audio.value };
    stream.open({ url: addressOf(item.ref, 'stream.mp4'), query, start, plain: wanted === 'plain' });
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

  for (const each of [stream, hls]) each.addEventListener('change', show);
  stream.addEventListener('problem', (event) => fail(event.detail));
  hls.addEventListener('problem', ({ detail: { message, isRefused, position } }) => {
    if (isRefused) openStream(message, position);
    else fail(message);
  });
  hls.addEventListener('audio', showAudio);
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
  audio.addEventListener('change', () => {
    if (player === hls) hls.audio = audioIds.get(audio.value);
    else open(item, player.position);
  });

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

  /** Shows which track is heard: HLS has a default of its own, and a browser that plays it may leave no choice. */
  function showAudio() {
    const heard = [...audio.options].find(({ value }) => audioIds.get(value) === hls.audio);
    if (heard !== undefined) audio.value = heard.value;
    byId('audio-choice').hidden = audio.length < 2 || heard === undefined;
  }

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

  return { open };
}
