/**
 * Gives a language as a BCP-47 tag in its canonical form.
 * @param stated - a tag, or an ISO 639-2 code, bibliographic ones included: Intl knows which have a two-letter form.
 * @returns `und` where it is absent, or no language tag.
 */
export function canonicalLanguage(stated: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(stated ?? 'und')[0] ?? 'und';
  } catch {
    return 'und';
  }
}
