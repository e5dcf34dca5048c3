/**
 * The WebVTT cue settings for a place of the picture as the keys of a number pad lie, which is how ASS and the writers of
 * SubRip name it: 2 is where subtitles stand as a rule, 8 is above.
 * @param key - 1 to 9; anything else counts as 2.
 * @see WebVTT, section 4.4 (cue settings); "ASS Tags", `\an`
 */
export function settingsOfAlignment(key: number): string {
  const column = [1, 4, 7].includes(key) ? 'left' : [3, 6, 9].includes(key) ? 'right' : 'center';
  const line = key >= 7 && key <= 9 ? 'line:0' : key >= 4 && key <= 6 ? 'line:45%' : '';
  // A box that begins or ends at a position lies wholly beside it.
  const across =
    column === 'left' ? 'position:5% align:start' : column === 'right' ? 'position:95% align:end' : '';
  return [line, across].filter((setting) => setting !== '').join(' ');
}

/**
 * Turns an alignment as SSA counts it, 1 to 3 with 4 more at the top and 8 more in the middle, into that of a number pad.
 * @see "Sub Station Alpha v4.00+ Script Format", Alignment
 */
export function alignmentOfSsa(value: number): number {
  const column = value & 3;
  if (column === 0) return 2;
  return column + ((value & 4) !== 0 ? 6 : (value & 8) !== 0 ? 3 : 0);
}
