// What lies over the picture when there is something to say: that it is coming, what went wrong, that it is over.
import { useEffect, useState } from 'preact/hooks';
import { clock } from '../shared/words.js';
import { Icon } from './icon.js';
import { openItem, type Player } from './player.js';

/** Seconds for which it is said that the item was taken up again. */
const RESUMED_SECONDS = 8;

/** The state of the player, where it is not simply playing. */
export function Status({
  player,
  back,
}: {
  readonly player: Player;
  readonly back: (() => void) | undefined;
}) {
  const { phase, isWaiting, isEnded, isPaused, hasBegun } = player.session.state;
  if (phase.value === 'failed') return <Problem player={player} back={back} />;
  if (isEnded.value) return <Ended player={player} />;
  if (phase.value !== 'playing' || isWaiting.value) return <Busy player={player} />;
  if (isPaused.value && !hasBegun.value) return <Begin player={player} />;
  return null;
}

/** A large button where the browser plays nothing before the viewer has asked for it: what was opened by a link. */
function Begin({ player }: { readonly player: Player }) {
  return (
    <div class="status begin">
      <button type="button" aria-label="Play" onClick={() => player.session.play()}>
        <Icon name="play" />
      </button>
    </div>
  );
}

/** A turning ring, and why it takes so long where that is known. */
function Busy({ player }: { readonly player: Player }) {
  const { phase } = player.session.state;
  return (
    <div class="status busy" role="status">
      <div class="ring" aria-hidden="true" />
      <p class="busy-text" data-late={phase.value !== 'scanning'}>
        {busyText(player)}
      </p>
    </div>
  );
}

function busyText({ session }: Player): string {
  const { phase, renditions } = session.state;
  if (phase.value === 'scanning') return 'Looking for places to begin at…';
  const isEncoded = renditions.value.some(
    ({ type, decision }) => type === 'video' && decision.action === 'transcode',
  );
  return isEncoded ? 'Encoding' : 'Loading';
}

function Problem({ player, back }: { readonly player: Player; readonly back: (() => void) | undefined }) {
  const { session } = player;
  const { problem, way } = session.state;
  const isSegmented = way.value?.kind === 'hls';
  return (
    <div class="status problem">
      <Icon name="warning" />
      <p role="alert">{problem.value?.message}</p>
      <NextAttempt at={session.laterRetry.at.value} />
      <div class="status-actions">
        <button type="button" class="over-button primary" onClick={() => session.retry()}>
          Try again
        </button>
        {isSegmented && (
          <button type="button" class="over-button" onClick={() => session.playAsStream()}>
            Play as one stream
          </button>
        )}
        {back !== undefined && (
          <button type="button" class="over-button" onClick={back}>
            Back to the library
          </button>
        )}
      </div>
    </div>
  );
}

/** When it is tried again. Not announced: a screen reader would read out every second. */
function NextAttempt({ at }: { readonly at: number | undefined }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    if (at === undefined) return;
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, [at]);
  if (at === undefined) return null;
  return <p class="next-attempt">Trying again in {clock(Math.max(0, Math.ceil((at - now) / 1000)))}</p>;
}

function Ended({ player }: { readonly player: Player }) {
  const { next } = player.neighbours.value;
  return (
    <div class="status ended">
      <div class="status-actions">
        <button type="button" class="over-button primary" onClick={() => player.session.play()}>
          <Icon name="replay" /> Play again
        </button>
        {next !== undefined && (
          <button type="button" class="over-button" onClick={() => openItem(next.ref)}>
            <Icon name="next" /> Play the next one
          </button>
        )}
      </div>
    </div>
  );
}

/** Says for a while that the item was taken up where the viewer stopped. */
export function ResumeNote({ player }: { readonly player: Player }) {
  const { resumedAt, phase, isWaiting } = player.session.state;
  const { value: seconds } = resumedAt;
  const isPlaying = phase.value === 'playing' && !isWaiting.value;
  useEffect(() => {
    if (seconds === undefined || !isPlaying) return;
    const hiding = setTimeout(() => (resumedAt.value = undefined), RESUMED_SECONDS * 1000);
    return () => clearTimeout(hiding);
  }, [seconds, isPlaying, resumedAt]);
  if (seconds === undefined) return null;
  return (
    <div class="over-note" role="status">
      <span>Resumed at {clock(seconds)}</span>
      <button
        type="button"
        onClick={() => {
          resumedAt.value = undefined;
          player.session.seek(0);
        }}
      >
        Start over
      </button>
    </div>
  );
}

/** Says for a moment what a key did. */
export function Said({ player }: { readonly player: Player }) {
  return (
    <div class="said" role="status" data-shown={player.panels.said.value !== ''}>
      {player.panels.said.value}
    </div>
  );
}

/** What is heard when there is nothing to see. */
export function Cover({ player, poster }: { readonly player: Player; readonly poster: string | undefined }) {
  const [isMissing, setMissing] = useState(false);
  const title = player.title.value;
  return (
    <>
      {poster !== undefined && !isMissing ? (
        <img src={poster} alt="" onError={() => setMissing(true)} />
      ) : (
        <div class="cover-blank" aria-hidden="true">
          <Icon name="audio" />
        </div>
      )}
      <p>{title}</p>
    </>
  );
}
