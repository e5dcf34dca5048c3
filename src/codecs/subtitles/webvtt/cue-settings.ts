const PERCENTAGE = String.raw`(?:100(?:\.0{1,6})?|\d{1,2}(?:\.\d{1,6})?)%`;
const SETTINGS: readonly RegExp[] = [
  /^vertical:(?:rl|lr)$/,
  new RegExp(`^line:(?:-?\\d{1,3}|${PERCENTAGE})(?:,(?:start|center|end))?$`),
  new RegExp(`^position:${PERCENTAGE}(?:,(?:line-left|center|line-right))?$`),
  new RegExp(`^size:${PERCENTAGE}$`),
  /^align:(?:start|center|end|left|right)$/,
];

/**
 * Takes the valid settings out of a list of WebVTT cue settings. Regions are not among them: they are defined in a head
 * that is not carried over.
 * @param list - as it stands behind the times.
 * @returns valid settings with spaces between, each kind once.
 * @see WebVTT, section 4.4
 */
export function parseCueSettings(list: string): string {
  const kept = new Map<string, string>();
  for (const setting of list
    .slice(0, 1000)
    .trim()
    .split(/[ \t\r\n]+/)) {
    // The middle had another name once.
    const today = setting === 'align:middle' ? 'align:center' : setting;
    const kind = SETTINGS.findIndex((form) => form.test(today));
    if (kind >= 0) kept.set(String(kind), today);
  }
  return [...kept.values()].join(' ');
}
