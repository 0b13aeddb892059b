import { join } from 'node:path';
import { EXIT } from '../errors.ts';
import { defineCommand } from './command.ts';

const SCHEMA = 'hotlookup.schema.json';

export const schemaCommand = defineCommand({
  name: 'schema',
  summary: 'Print the JSON Schema of the spec, for editors and checkers',
  options: {},
  async run(_options, { distribution, files, terminal }) {
    const file = join(distribution, SCHEMA);
    const schema = files.read(file);
    if (!schema) throw new Error(`this installation of hotlookup is incomplete: there is no ${file}`);
    terminal.out(schema.toString('utf8'));
    return EXIT.done;
  },
});
