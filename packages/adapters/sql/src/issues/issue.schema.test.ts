import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import {
  issueAssigneeTable,
  issueCommentTable,
  issueDependencyTable,
  issueEventTable,
  issueLabelTable,
  issueTable,
  trackerLabelTable,
  trackerMilestoneTable,
  trackerTable,
} from './issue.schema.js';

describe('the tables of issues', () => {
  it('are what TypeORM takes for entities, each row told apart by its tracker', () => {
    const tables = [
      issueTable,
      issueLabelTable,
      issueAssigneeTable,
      issueCommentTable,
      issueEventTable,
      issueDependencyTable,
      trackerTable,
      trackerLabelTable,
      trackerMilestoneTable,
    ].map((table) => new EntitySchema<object>(table).options);
    expect(tables.map(({ tableName }) => tableName)).toEqual([
      'issues',
      'issue_labels',
      'issue_assignees',
      'issue_comments',
      'issue_events',
      'issue_dependencies',
      'trackers',
      'tracker_labels',
      'tracker_milestones',
    ]);
    for (const { columns } of tables) expect(columns).toHaveProperty('source');
  });
});
