import { expect, test } from 'vitest';
import { createFramer, queryFrame, sqlOf } from '../../../harness/faults/frames.ts';
import { boundariesOf, describePoint, edgesOf, firstStatements, pointsOf } from '../../../harness/faults/points.ts';

const MESSAGES = ['BEGIN;\nSELECT 1', 'DROP TABLE a_12', 'DROP TABLE a_13'];

test('every message has a point before it, after each of its statements, and a name of its own', () => {
  expect(pointsOf(MESSAGES).map(describePoint)).toEqual([
    'before "BEGIN; SELECT #" (1)',
    'after 1 of 2 in "BEGIN; SELECT #" (1)',
    'after "BEGIN; SELECT #" (1)',
    'before "DROP TABLE a_#" (1)',
    'after "DROP TABLE a_#" (1)',
    'before "DROP TABLE a_#" (2)',
    'after "DROP TABLE a_#" (2)',
  ]);
});

test('edges leave out what is inside a message, boundaries what is the same to the server', () => {
  const edges = edgesOf(pointsOf(MESSAGES));
  expect(edges).toHaveLength(6);
  expect(boundariesOf(edges).map(({ statements }) => statements)).toEqual([0, 2, 1, 1]);
});

test('a part of a message is its first statements', () => {
  expect(firstStatements('BEGIN;\nSELECT 1;\nSELECT 2', 2)).toBe('BEGIN;\nSELECT 1');
});

test('messages are told apart wherever the stream is cut', () => {
  const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
  const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
  const stream = Buffer.concat([sslRequest, startup, queryFrame('SELECT 1'), queryFrame('SELECT 2')]);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const frames = createFramer('client');
    const found = [...frames(stream.subarray(0, cut)), ...frames(stream.subarray(cut))];
    expect(found.map(({ type }) => type)).toEqual(['', '', 'Q', 'Q']);
    expect(found.slice(2).map(sqlOf)).toEqual(['SELECT 1', 'SELECT 2']);
  }
});
