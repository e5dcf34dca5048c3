import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMatroskaEvent } from './ass/parse-event.js';
import { parseScriptFile } from './ass/parse-script-file.js';
import { parseScriptText } from './ass/parse-script-text.js';
import { parseScriptStyles } from './ass/script-head.js';
import { parseDisplaySet } from './pgs/display-set.js';
import { parseSubripFile } from './subrip/parse-subrip-file.js';
import { parseSubripText } from './subrip/parse-subrip-text.js';
import { parseTimedTextSample } from './tx3g/parse-sample.js';
import { parseCueSettings } from './webvtt/cue-settings.js';
import { parseWebvttCueText } from './webvtt/parse-cue-text.js';
import { parseWebvttFile } from './webvtt/parse-webvtt-file.js';
import { parseWebvttSample } from './webvtt/parse-mp4-sample.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const NO_STYLES = new Map();

/** What a WebVTT parser must find in cue text: known tags that nest, and no other markup; no empty line. */
function assertCueText(text: string): void {
  assert.doesNotMatch(text, /\n[ \t]*\n|^\n|\n$|\r|-->/);
  const open: string[] = [];
  for (const [tag, slash, name] of text.matchAll(/<(\/?)([a-z]+)[^<>]*>/g)) {
    if (slash === '/') assert.equal(open.pop(), name, tag);
    else open.push(name!);
    assert.ok(['b', 'i', 'u', 'c', 'v', 'lang', 'ruby', 'rt'].includes(name!), tag);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(text.replace(/<\/?[a-z]+[^<>]*>/g, ''), /[<>]|&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\w+);)/);
}

describe('the text of subtitles', () => {
  const subrip: readonly (readonly [given: string, text: string, settings?: string])[] = [
    ['<i>One</i> & two\r\nthree', '<i>One</i> &amp; two\nthree'],
    ['<font color="#ff0000">Red</font> <3 <name>', 'Red &lt;3 &lt;name&gt;'],
    ['<b>open <i>both', '<b>open </b><b><i>both</i></b>'],
    ['{\\an8}On top', 'On top', 'line:0'],
    ['a\n\n\nb', 'a\nb'],
    ['x\0\0junk', 'x'],
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['1 --> 2', '1 --&gt; 2'],
  ];
  for (const [given, text, settings = ''] of subrip) {
    it(`of SubRip: ${JSON.stringify(given)}`, () => {
      const content = parseSubripText(given)!;
      assert.equal(content.text.replaceAll('</b><b>', ''), text.replaceAll('</b><b>', ''));
      assert.equal(content.settings, settings);
    });
  }

  it('of SubRip that shows nothing is none', () => {
    for (const given of ['', ' \n ', '<i></i>', '{\\an8}']) assert.equal(parseSubripText(given), undefined);
  });

  const scripts: readonly (readonly [given: string, text: string, settings?: string])[] = [
    ['{\\i1}a{\\i0}b\\Nc\\nd\\he', '<i>a</i>b\nc d\u00a0e'],
    ['{\\bord2\\blur3\\be1}x', 'x'],
    ['{\\b700}x{\\b0}y', '<b>x</b>y'],
    ['{\\p1}m 0 0 l 5 5{\\p0}after', 'after'],
    ['{\\t(0,500,\\i1\\clip(1,2,3,4))\\an7}x', 'x', 'line:0 position:5% align:start'],
    ['{\\a6}x{\\an2}', 'x', 'line:0'],
    ['{comment}x {y', 'x {y'],
    ['{\\rTop}x{\\r}y', '<i>x</i>y'],
  ];
  const styles = parseScriptStyles(
    '[V4+ Styles]\nFormat: Name, Italic, Alignment\nStyle: Default,0,2\nStyle: Top,-1,8\nStyle: Odd',
  );
  for (const [given, text, settings = ''] of scripts) {
    it(`of a script: ${JSON.stringify(given)}`, () => {
      assert.deepEqual(parseScriptText(given, 'Default', styles), { text, settings });
    });
  }

  it('of a script takes what it can from the style', () => {
    assert.deepEqual(parseScriptText('x', '*Top ', styles), { text: '<i>x</i>', settings: 'line:0' });
    assert.deepEqual(parseScriptText('x', 'unknown', NO_STYLES), { text: 'x', settings: '' });
  });

  it('of a script in Matroska keeps the commas that are text', () => {
    const event = parseMatroskaEvent('7,0,Default,Bob,0,0,0,,Well, yes\r\n')!;
    assert.deepEqual([event.readOrder, event.style, event.text], [7, 'Default', 'Well, yes']);
    assert.equal(event.rest, 'Default,Bob,0,0,0,,Well, yes');
    assert.equal(parseMatroskaEvent('7,0,Default'), undefined);
  });

  it('of WebVTT keeps its tags and entities, and nothing else', () => {
    assert.equal(
      parseWebvttCueText('<v Bob & Al>a &amp; b &copy <00:01.000>c</v> <img src=x onerror=y>'),
      '<v Bob &amp; Al>a &amp; b &amp;copy c</v> &lt;img src=x onerror=y&gt;',
    );
    assert.equal(parseWebvttCueText('<i>a<b>b</i>c'), '<i>a<b>b</b></i>c');
    assert.equal(
      parseWebvttCueText('</v>\n\na\n</b>\nb\n</i>'),
      'a\nb',
      'what was left out leaves no empty line',
    );
    assert.equal(parseSubripText('<i>a\r\u0001\nb')?.text, '<i>a\nb</i>');
    assert.equal(
      parseCueSettings('line:0 align:middle position:120% region:x size:50%'),
      'line:0 align:center size:50%',
    );
  });

  it('of MP4 takes faces by the character, and UTF-16', () => {
    const styl = [0, 0, 0, 22, ...utf8('styl'), 0, 1, 0, 2, 0, 4, 0, 1, 2, 18, 255, 255, 255, 255];
    assert.deepEqual(
      parseTimedTextSample(new Uint8Array([0, 8, ...utf8('𝄞abcd'), ...styl]), undefined, decode),
      {
        text: '𝄞a<i>bc</i>d',
        settings: '',
      },
    );
    const sample = new Uint8Array([0, 6, 0xfe, 0xff, 0, 0x68, 0, 0x69]);
    assert.equal(parseTimedTextSample(sample, undefined, decode)!.text, 'hi');
    assert.equal(parseTimedTextSample(new Uint8Array([0, 0]), undefined, decode), undefined);
  });

  it('of WebVTT in MP4 has a cue for each box', () => {
    const box = (type: string, ...parts: number[][]): number[] => {
      const body = parts.flat();
      return [0, 0, 0, body.length + 8, ...utf8(type), ...body];
    };
    const sample = new Uint8Array([
      ...box('vttc', box('sttg', [...utf8('line:0')]), box('payl', [...utf8('One')])),
      ...box('vttc', box('iden', [...utf8('n')]), box('payl', [...utf8('<i>Two')])),
    ]);
    assert.deepEqual(parseWebvttSample(sample, decode), [
      { text: 'One', settings: 'line:0' },
      { text: '<i>Two</i>', settings: '' },
    ]);
    assert.deepEqual(parseWebvttSample(new Uint8Array(box('vtte')), decode), []);
  });

  it('of files is found whatever stands around it', () => {
    const file =
      '1\n00:00:01,000 --> 00:00:02,500\nOne\n\nstill one\n2\n00:01:00.5 -> 00:01:02,000 X1:1\n7\n\n\n3\n00:00:00,000 --> 00:00:00,000\nno\n';
    assert.deepEqual(
      parseSubripFile(file).map(({ startMs, endMs, text }) => [startMs, endMs, text]),
      [
        [1000, 2500, 'One\nstill one'],
        [60_500, 62_000, '7'],
      ],
    );
    const webvtt =
      'WEBVTT\n\nNOTE x --> y\n\nSTYLE\n::cue{}\n\nid\n01:02.003 --> 01:03.000 align:end\nA\nB\n00:01.000 --> 00:02.000\nfirst';
    assert.deepEqual(parseWebvttFile(webvtt), [
      { startMs: 1000, endMs: 2000, text: 'first', settings: '' },
      { startMs: 62_003, endMs: 63_000, text: 'A\nB', settings: 'align:end' },
    ]);
    const script =
      '[Events]\nFormat: Start, End, Style, Text\nDialogue: 0:00:01.50,0:00:02.00,Default,a,b\nComment: 0:00:01.50,0:00:02.00,Default,no\n';
    assert.deepEqual(parseScriptFile(script), [{ startMs: 1500, endMs: 2000, text: 'a,b', settings: '' }]);
  });

  it('is certainly cue text, whatever is given', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '<i>',
          '</i>',
          '<b>',
          '</b>',
          '<c.x>',
          '<v A>',
          '</v>',
          '\n',
          '\n\n',
          '&',
          '&amp;',
          '-->',
          '<',
          '>',
          '{\\i1}',
        ),
        fc.constantFrom(
          '{\\b1}',
          '{\\p1}',
          '{\\t(',
          '\\N',
          '\0',
          '\r',
          '<font size=1>',
          '00:00:01,000 --> 00:00:02,000\n',
          ',',
        ),
        fc.string(),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const found = [
          parseSubripText(text)?.text,
          parseScriptText(text, 'Default', styles)?.text,
          parseWebvttCueText(text),
          ...parseSubripFile(text).map((cue) => cue.text),
          ...parseWebvttFile(`WEBVTT\n\n${text}`).map((cue) => cue.text),
        ];
        for (const one of found) if (one !== undefined && one !== '') assertCueText(one);
      }),
    );
  });

  it('of any bytes is parsed without a failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        parseTimedTextSample(data, data, decode);
        parseWebvttSample(data, decode);
        parseDisplaySet(data);
        parseScriptFile(`[Events]\nDialogue: ${decode(data)}`);
      }),
    );
  });

  it('takes time in proportion to its length', () => {
    for (const piece of ['{\\t(', '<i', '{\\', '<v ', '&amp', '\\N{', '(', '<00:', '1\n']) {
      const long = piece.repeat(200_000);
      parseSubripText(long);
      parseScriptText(long, 'x', styles);
      parseWebvttCueText(long);
      parseSubripFile(long);
      parseScriptText(`{${long}}`, 'x', styles);
    }
  });
});
