// The menus of the player: each is there when there is something to choose.
import type { Signal } from '@preact/signals';
import { clock } from '../shared/words.js';
import { subtitleChoice, type Choice } from './choices.js';
import { Menu, type MenuGroup } from './menu.js';
import type { ChapterCue } from './player-store.js';
import type { PlayerSession } from './player-session.js';

/** What menus are made of. */
export interface PlayerMenusProps {
  readonly session: PlayerSession;
  readonly chapters: readonly ChapterCue[];
  /** Which menu is open, by its label. */
  readonly open: Signal<string | undefined>;
}

/** How fast it can be played. */
export const SPEEDS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

const AUTOMATIC = 'auto';
const OFF = 'off';

/** Chapters, audio, subtitles, and quality with speed. */
export function PlayerMenus({ session, chapters, open }: PlayerMenusProps) {
  const { state, subtitles } = session;
  const audio = state.audioChoices.value;
  return (
    <>
      {chapters.length > 1 && (
        <Menu label="Chapters" icon="chapters" open={open} groups={[chapterGroup(session, chapters)]} />
      )}
      {audio.length > 1 && (
        <Menu
          label="Audio track"
          icon="audio"
          open={open}
          groups={[
            {
              label: 'Audio track',
              choices: audio,
              chosen: state.audio.value,
              choose: (id) => session.chooseAudio(id),
            },
          ]}
        />
      )}
      {subtitles.offered.value.length > 0 && (
        <Menu label="Subtitles" icon="subtitles" open={open} groups={[subtitleGroup(session)]} />
      )}
      <Menu
        label="Settings"
        icon="settings"
        open={open}
        groups={[...qualityGroup(session), speedGroup(session)]}
      />
    </>
  );
}

function chapterGroup(session: PlayerSession, chapters: readonly ChapterCue[]): MenuGroup {
  const at = chapters.findLastIndex(({ startTime }) => startTime <= session.state.position.value);
  return {
    label: 'Chapters',
    choices: chapters.map(({ text, startTime }, index) => ({
      id: String(index),
      label: text,
      detail: clock(startTime),
    })),
    chosen: String(at),
    choose: (id) => session.seek(chapters[Number(id)]!.startTime),
  };
}

function subtitleGroup(session: PlayerSession): MenuGroup {
  const { subtitles } = session;
  return {
    label: 'Subtitles',
    choices: [{ id: OFF, label: 'Off', detail: '' }, ...subtitles.offered.value.map(subtitleChoice)],
    chosen: String(subtitles.shown.value?.id ?? OFF),
    choose: (id) => session.chooseSubtitles(id === OFF ? undefined : id),
  };
}

function qualityGroup(session: PlayerSession): readonly MenuGroup[] {
  const choices = session.state.qualityChoices.value;
  const { shown, isAutomatic } = session.state.quality.value;
  if (choices.length < 2) return [];
  const seen = choices.find(({ id }) => id === shown);
  const automatic: Choice = {
    id: AUTOMATIC,
    label: 'Auto',
    detail: isAutomatic && seen !== undefined ? `now ${seen.label}` : '',
  };
  return [
    {
      label: 'Quality',
      choices: [automatic, ...choices],
      chosen: isAutomatic ? AUTOMATIC : shown,
      choose: (id) => session.chooseQuality(id === AUTOMATIC ? undefined : id),
    },
  ];
}

function speedGroup(session: PlayerSession): MenuGroup {
  return {
    label: 'Speed',
    choices: SPEEDS.map((speed) => ({
      id: String(speed),
      label: speed === 1 ? 'Normal' : `${speed}×`,
      detail: '',
    })),
    chosen: String(session.state.speed.value),
    choose: (id) => session.setSpeed(Number(id)),
  };
}
