/**
 * The tag of a language as a playlist states it.
 * @param tag - of a file, so perhaps no tag at all.
 * @returns the tag in its canonical form; undefined when the language is not known.
 * @see RFC 5646
 */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return canonical === undefined || canonical === 'und' ? undefined : canonical;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
