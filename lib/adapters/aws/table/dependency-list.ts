import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { addressOf } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { DependencyList, ListedDependency } from '../../../core/ports/registries';
import type { DependencyListing } from '../../../core/projections/listing';
import { DEPENDENCIES_LIST, LIST } from './keys';
import { listedItems } from './listed-items';
import { openItem } from './open-streams';

/** The entry of a dependency in the one list of them. And that its stream is open: it may be named again at any time. */
export function dependencyItems(stream: string, { kind: _, ...listing }: DependencyListing) {
  const { id: name } = addressOf(stream);
  const entry = { pk: stream, sk: LIST, name, ...listing, gsi1pk: DEPENDENCIES_LIST, gsi1sk: name };
  return [entry, openItem(stream)];
}

export function createDependencyList(client: DynamoDBDocumentClient, tableName: string): DependencyList {
  return {
    async list() {
      const items = await listedItems(client, tableName, DEPENDENCIES_LIST);
      return items.map((item) => {
        const { name, status, forced, since, until, why, degradingSince } =
          item as unknown as ListedDependency;
        return { name, status, forced, since, ...present({ until, why, degradingSince }) };
      });
    },
  };
}
