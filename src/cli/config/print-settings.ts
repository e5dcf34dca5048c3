import { Document, isPair, isScalar } from 'yaml';
import type { ResolvedSettings } from './resolve-settings.js';
import { defaultOf, keyOf, SETTING_NAMES, settingOf, writeValue, type SettingName } from './settings.js';

const HIDDEN = '(hidden)';

/**
 * Writes the settings that hold as a file of settings, with a word on where each comes from. Secrets are hidden.
 * @param resolved - the settings.
 */
export function printSettings({ settings, places }: ResolvedSettings): string {
  const shown = SETTING_NAMES.flatMap((name) => {
    const value = shownValue(name, settings[name]);
    return value === undefined ? [] : [[keyOf(name), value] as const];
  });
  const document = new Document(Object.fromEntries(shown));
  const unset: string[] = [];
  for (const name of SETTING_NAMES) {
    const place = places.get(name) ?? 'default';
    const node = document.get(keyOf(name), true);
    if (isScalar(node)) node.comment = ` ${place}`;
    else if (node === undefined) unset.push(` ${keyOf(name)}: ${defaultOf(name) ?? ''}`.trimEnd());
    else commentBefore(document, keyOf(name), ` ${place}`);
  }
  if (unset.length > 0) document.comment = unset.join('\n');
  return document.toString({ lineWidth: 0 }).trimEnd();
}

/** A list takes its comment on a line of its own. */
function commentBefore(document: Document, key: string, comment: string): void {
  const { contents } = document;
  const items = contents !== null && 'items' in contents ? contents.items : [];
  for (const pair of items) {
    if (isPair(pair) && String(pair.key) === key) {
      const keyNode = document.createNode(key);
      keyNode.commentBefore = comment;
      pair.key = keyNode;
    }
  }
}

function shownValue(name: SettingName, value: unknown): unknown {
  const { hides } = settingOf(name);
  if (value === undefined || hides === undefined) return writeValue(name, value);
  if (hides === 'password' && typeof value === 'string') return withoutPassword(value);
  if (typeof value !== 'object' || value === null) return HIDDEN;
  if (Array.isArray(value)) return value.map(() => HIDDEN);
  return Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN]));
}

/** A URL whose password is hidden; other text as it is. */
function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.password === '') return text;
  url.password = 'hidden';
  return url.href;
}
