/** ISO 639-1 codes, each followed by its ISO 639-2/T code: `en` is `eng`. */
const TERMINOLOGIC_OF_TWO_LETTERS =
  'aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bhbih ' +
  'bibis bmbam bnben bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv cycym dadan ' +
  'dedeu dvdiv dzdzo eeewe elell eneng eoepo esspa etest eueus fafas ffful fifin fjfij fofao frfra ' +
  'fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv hthat huhun hyhye hzher ' +
  'iaina idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn jvjav kakat kgkon kikik kjkua ' +
  'kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir lalat lbltz lglug lilim lnlin ' +
  'lolao ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal mnmon mrmar msmsa mtmlt mymya nanau nbnob ' +
  'ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan pipli ' +
  'plpol pspus ptpor quque rmroh rnrun roron rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslk ' +
  'slslv smsmo snsna sosom sqsqi srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir ' +
  'tktuk tltgl tntsn toton trtur tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol ' +
  'wawln wowol xhxho yiyid yoyor zazha zhzho zuzul ';

/** ISO 639-2/B codes, each followed by its ISO 639-2/T code: `ger` is `deu`. */
const TERMINOLOGIC_OF_BIBLIOGRAPHIC =
  'albsqi armhye baqeus burmya chizho czeces dutnld frefra geokat gerdeu greell iceisl macmkd maomri ' +
  'maymsa perfas rumron sloslk tibbod welcym ';

const UNDETERMINED = 'und';

const terminologic = new Map<string, string>();
for (const pair of TERMINOLOGIC_OF_TWO_LETTERS.trim().split(' ')) {
  terminologic.set(pair.slice(0, 2), pair.slice(2));
}
for (const pair of TERMINOLOGIC_OF_BIBLIOGRAPHIC.trim().split(' ')) {
  terminologic.set(pair.slice(0, 3), pair.slice(3));
}

/** A language as an MP4 track states it. */
export interface Mp4Language {
  /** ISO 639-2/T code of three letters a to z, for `mdhd`. */
  readonly code: string;
  /** The whole BCP-47 tag, for `elng`; undefined when `code` says as much. */
  readonly extended: string | undefined;
}

/**
 * Finds how to state a language: by the three-letter code that every reader knows, and by the whole tag as well where
 * the code says less than the tag (a region, a script, a language that ISO 639-2 lacks).
 * @param tag - BCP-47 tag. One that is not of that form counts as undetermined.
 * @see ISO/IEC 14496-12 - 8.4.2.3 (mdhd language) and 8.4.6 (elng)
 */
export function mp4Language(tag: string): Mp4Language {
  if (!/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag)) return { code: UNDETERMINED, extended: undefined };
  const dash = tag.indexOf('-');
  const primary = (dash < 0 ? tag : tag.slice(0, dash)).toLowerCase();
  const code = terminologic.get(primary) ?? (primary.length === 3 ? primary : UNDETERMINED);
  const saysAll = dash < 0 && code !== UNDETERMINED;
  return { code, extended: saysAll || primary === UNDETERMINED ? undefined : tag };
}

/** Languages of QuickTime's codes, from 0 on. */
const MACINTOSH =
  'en fr de it nl sv es da pt no he ja ar fi el is mt tr hr zh-Hant ur hi th ko lt pl hu et lv se fo fa ru zh-Hans';

/**
 * Gives the language of `mdhd` as a BCP-47 tag.
 * @param code - three times five bits, or a Macintosh language code below 0x400.
 * @returns `und` when it is not known.
 * @see ISO/IEC 14496-12 - 8.4.2.3; QuickTime File Format, "Language code values"
 */
export function parseMediaLanguage(code: number): string {
  if (code < 0x400) return MACINTOSH.split(' ')[code] ?? UNDETERMINED;
  const letters = [code >> 10, code >> 5, code].map((bits) => String.fromCharCode((bits & 0x1f) + 0x60));
  return canonicalLanguage(letters.join(''));
}

/**
 * Brings a language into the canonical form of its BCP-47 tag: `eng` and `EN` give `en`.
 * @returns `und` where it is no language tag.
 */
export function canonicalLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? UNDETERMINED;
  } catch {
    return UNDETERMINED;
  }
}
