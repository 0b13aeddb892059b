import type { ErrorKind } from '../../errors.ts';

/** What an error of the server means to the person who reads it. */
type Meaning = {
  /** A SQLSTATE, or how several begin. */
  readonly state: string;
  /** Only where the message has these words, which the server does not translate for XX000. */
  readonly message?: RegExp;
  /** The exit code follows from it. What passes by itself gets one that the unit tries again. */
  readonly kind: Extract<ErrorKind, 'missing' | 'unreachable' | 'refused' | 'lockBudget'>;
  readonly advice: string;
};

const LOG = 'See the server’s log.';
const TRIED_AGAIN = 'The next try may succeed.';

/*
 * PostgreSQL's error codes (appendix A of its documentation), the first row that fits counts. Codes that are in no row mean that the
 * statement itself is refused.
 */
const MEANINGS: readonly Meaning[] = [
  {
    state: '42501',
    kind: 'missing',
    advice: 'Grant that privilege to the role that PG_DSN names, or to the owner of the function.',
  },
  { state: '25006', kind: 'unreachable', advice: `The server is a standby now. ${TRIED_AGAIN}` },
  {
    state: '57014',
    kind: 'lockBudget',
    advice:
      'Nothing of this step was kept. An administrator cancelled it, or it took longer than Command Timeout in PG_DSN or the run’s budget allows. The next try may succeed; if it does not, see why the statement takes so long.',
  },
  { state: '57P', kind: 'unreachable', advice: `The server was stopped or ended the session. ${LOG} ${TRIED_AGAIN}` },
  { state: '08', kind: 'unreachable', advice: `${LOG} ${TRIED_AGAIN}` },
  {
    state: '53100',
    kind: 'unreachable',
    advice: `The disk of the server is full. Make room there: until then no rows can be written either. ${TRIED_AGAIN}`,
  },
  {
    state: '53200',
    kind: 'unreachable',
    advice: `The server is short of memory or of locks (max_locks_per_transaction). ${TRIED_AGAIN}`,
  },
  { state: '53300', kind: 'unreachable', advice: `The server has no connection to spare. ${TRIED_AGAIN}` },
  { state: '53', kind: 'unreachable', advice: `The server is short of a resource. ${LOG} ${TRIED_AGAIN}` },
  { state: '58', kind: 'unreachable', advice: `The system of the server refused something. ${LOG} ${TRIED_AGAIN}` },
  { state: '40', kind: 'lockBudget', advice: `Another session was in the way. ${TRIED_AGAIN}` },
  { state: '55P03', kind: 'lockBudget', advice: `Another session was in the way. ${TRIED_AGAIN}` },
  {
    state: 'XX000',
    message: /tuple concurrently (?:updated|deleted)/,
    kind: 'lockBudget',
    advice: `Another session changed the same entry of the catalog. ${TRIED_AGAIN}`,
  },
  {
    state: 'XX',
    kind: 'refused',
    advice: `The server reports an error of its own, or damaged data. Nothing of this step was kept. ${LOG}`,
  },
];

const REFUSED: Meaning = {
  state: '',
  kind: 'refused',
  advice: 'Nothing of this step was kept. Look at the function and at the server’s log.',
};

/** What a server's error means, by its SQLSTATE and message. */
export const meaningOf = (state: string, message: string): Meaning =>
  MEANINGS.find((row) => state.startsWith(row.state) && (row.message?.test(message) ?? true)) ?? REFUSED;
