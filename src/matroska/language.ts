/**
 * Gives a track's or a title's language as a BCP-47 tag in its canonical form.
 * @param bcp47 - the LanguageBCP47 element; it goes before the older one.
 * @param legacy - the Language element: ISO 639-2 (`ger`, `fre`), sometimes with a country (`fre-ca`). Absent, it means
 * `eng`.
 * @returns `und` where what is stated is no language tag.
 * @see RFC 9559, sections 5.1.4.1.19 and 5.1.4.1.20, and section 12
 */
export function languageTag(bcp47: string | undefined, legacy: string | undefined): string {
  try {
    // Intl knows which ISO 639-2 codes, bibliographic ones included, have a two-letter form that BCP 47 prefers.
    return Intl.getCanonicalLocales(bcp47 ?? legacy ?? 'eng')[0] ?? 'und';
  } catch {
    return 'und';
  }
}
