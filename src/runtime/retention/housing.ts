import { AppError } from '../../errors.ts';
import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import type { Action } from '../job/action.ts';
import { createSchemaSql } from '../shared/ddl.ts';
import { identifier } from '../shared/sql.ts';
import type { Course } from './course.ts';
import type { Holding } from './details.ts';
import type { Survey } from './survey.ts';

type Housed = {
  readonly makeSchema: Action | undefined;
  readonly failure: AppError | undefined;
  readonly courses: readonly Course[];
  /** Those that cannot go there. What is half done comes to a safe place all the same. */
  readonly homeless: readonly Course[];
};

/** What goes to the holding schema needs that first. Where only an administrator can make it, the courses that go there are not begun. */
export function housed(courses: readonly Course[], { details, conditions, catalog }: Survey): Housed {
  const movers = courses.filter(({ move }) => move !== undefined);
  const need = movers.length === 0 ? {} : holdingNeed(details.holding, conditions.owner, catalog.user);
  const { create, failure } = need;
  if (failure) return { makeSchema: undefined, failure, courses: courses.flatMap(withoutMove), homeless: movers };
  const makeSchema: Action | undefined =
    create === undefined
      ? undefined
      : {
          kind: 'make-schema',
          partitions: movers.map(({ partition }) => partition),
          why: 'detached partitions wait there for the end of their grace',
          statements: [create],
          lock: 'none on a table',
          followUps: [],
          endsAs: null,
        };
  return { makeSchema, failure: undefined, courses, homeless: [] };
}

/** What of a course can be done although its table cannot go to the holding schema: a pending detach is finished. */
function withoutMove(course: Course): Course[] {
  if (!course.move) return [course];
  const actions = course.actions
    .filter(({ kind }) => kind === 'finalize')
    .map((action) => ({ ...action, endsAs: 'detached' as const }));
  return actions.length === 0 ? [] : [{ ...course, actions, endsAs: 'detached', move: undefined }];
}

type HoldingNeed = { readonly create?: string; readonly failure?: AppError };

/** The holding schema is to belong to the owner of the partitioned table. */
function holdingNeed({ exists, isUsable, isCreatable }: Holding, owner: string, user: string): HoldingNeed {
  if (exists && isUsable) return {};
  const create = createSchemaSql(HOLDING_SCHEMA, owner);
  if (!exists && isCreatable) return { create };
  const grant = `GRANT CREATE, USAGE ON SCHEMA ${identifier(HOLDING_SCHEMA)} TO ${identifier(owner)}`;
  const failure = new AppError(
    'missing',
    `grace needs the schema ${HOLDING_SCHEMA}, which ${exists ? `${user} may not use` : `does not exist and ${user} may not create`}`,
    { advice: `As an administrator of the database, run: ${exists ? grant : create};` },
  );
  return { failure };
}
