import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** What axe finds; those of its results that are looked at. */
interface Findings {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/**
 * Looks for what keeps people from using a page, by the rules of axe.
 * @param page - of either browser.
 * @returns the serious and critical findings, in words.
 */
export async function findBarriers(page: { evaluate(code: string): Promise<unknown> }): Promise<string[]> {
  await page.evaluate(SOURCE);
  const { violations } = (await page.evaluate('axe.run()')) as Findings;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
