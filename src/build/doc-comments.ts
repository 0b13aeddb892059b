import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** A comment of a statement at the top level, and the line behind it. */
const DOC_COMMENT = /^\/\*\*(\s[\s\S]*?\*\/\n)(?=(.*))/gm;

/** esbuild removes these, and leaves their comments at whatever comes next. */
const TYPE = /^(?:export )?(?:declare )?(?:type|interface)\b/;

/** Marks the comments as those of a licence, the only ones that esbuild keeps; `unmarkDocComments` makes them ordinary ones again. */
export const markDocComments: Plugin = {
  name: 'doc comments',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(DOC_COMMENT, (comment, rest: string, next: string) =>
        TYPE.test(next) ? comment : `/*!${rest}`,
      ),
      loader: 'ts',
    }));
  },
};

export const unmarkDocComments = (code: string): string => code.replace(/^\/\*!(?=\s)/gm, '/**');
