import { InvalidArgumentError, Option } from 'commander';
import { defaultOf, keyOf, SETTING_NAMES, settingOf, type SettingName } from './settings.js';

/** The flags of all settings, for commander. Their values stay text, which is checked when all places are put together. */
export function settingOptions(): Option[] {
  return SETTING_NAMES.flatMap((name) => optionsOf(name));
}

function optionsOf(name: SettingName): Option[] {
  const { flags, help, isList, isSwitch, hides, value } = settingOf(name);
  if (flags === undefined) return [];
  const byDefault = isSwitch ? undefined : defaultOf(name);
  const notes = [
    ...(isList ? ['; may be repeated'] : []),
    ...(byDefault === undefined ? [] : [` (default: ${byDefault})`]),
  ];
  const option = new Option(flags, `${help}${notes.join('')}`);
  // What a file or the environment has switched on can be switched off again.
  if (isSwitch) return [option, new Option(`--no-${keyOf(name)}`).hideHelp()];
  option.argParser((text: string, before: unknown) => {
    const parsed = value.safeParse(text);
    if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
    return isList ? [...((before as string[] | undefined) ?? []), text] : text;
  });
  if (hides === undefined) return [option];
  return [option, new Option(`--${keyOf(name)}-file <path>`, `the same, read from a file`).hideHelp()];
}
