import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../app/services';
import type { Api } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import { saveAs } from '../foundation/saving';
import type {
  Import,
  ImportDraft,
  ImportReport,
  Imports,
  QuarantineItem,
  QuarantineItems,
  Repair,
} from '../wire/api';
import { isRead } from './imports';

const IMPORTS = ['imports'] as const;
const MOVING_MS = 1_500;
export const IMPORTS_ON_A_PAGE = 25;
export const ITEMS_ON_A_PAGE = 25;

/** Imports, latest first. Read again soon while one is being read. */
export function useImports(page: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...IMPORTS, 'all', page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<Imports>(
        `/shiftline/recordings/imports?pageSize=${IMPORTS_ON_A_PAGE}&pageNumber=${page}`,
        signal,
      ),
    refetchInterval: (query) =>
      query.state.data?.entities.some(isRead) ? MOVING_MS : readAgainIn('unheard', query),
  });
}

/** An import with what it did not keep. */
export function useImport({ id, done }: Import) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...IMPORTS, 'one', id, done],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<Import>(`/shiftline/recordings/imports/${id}`, signal),
  });
}

/** What was null, contradictory or wrongly offset in what came, and what is not any more. */
export function useReport({ id, done, adopted }: Import) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...IMPORTS, 'report', id, done, adopted],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<ImportReport>(`/shiftline/recordings/imports/${id}/report`, signal),
  });
}

/** Items of the quarantine; the empty text restricts nothing. They are read again when an import has got further. */
export function useItems(state: string, importId: string, page: number, imports: Import[]) {
  const { api } = useServices();
  const wanted = new URLSearchParams({ pageSize: String(ITEMS_ON_A_PAGE), pageNumber: String(page) });
  if (state) wanted.set('state', state);
  if (importId) wanted.set('importId', importId);
  return useQuery({
    queryKey: [...IMPORTS, 'items', wanted.toString(), ...imports.map(({ id, done }) => `${id} ${done}`)],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<QuarantineItems>(`/shiftline/recordings/quarantine?${wanted}`, signal),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

/** Something is done, and all that is known of imports is read again. */
function useAct<Asked, Answer>(ask: (api: Api, asked: Asked) => Promise<Answer>) {
  const { api } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => ask(api, asked),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: IMPORTS });
      // What left quarantine is a recording now.
      await queries.invalidateQueries({ queryKey: ['recordings'] });
    },
  });
}

export const useRead = () =>
  useAct((api, draft: ImportDraft) => api.post<Import>('/shiftline/recordings/imports', draft));

export const useRepair = (itemId: string) =>
  useAct((api, repair: Repair) =>
    api.post<QuarantineItem>(`/shiftline/recordings/quarantine/${itemId}/repair`, repair),
  );

/** The report of an import as a table for a spreadsheet. */
export function useSaveReport() {
  const { api } = useServices();
  return useMutation({
    mutationFn: async ({ id, folder }: Import) => {
      const table = await api.blob(`/shiftline/recordings/imports/${id}/report/csv`);
      saveAs(table, `${folder.replaceAll(/[^\w.-]+/g, '-')}-report.csv`);
    },
  });
}

/** The metadata of an item byte by byte as they came. */
export function useSaveMetadata() {
  const { api } = useServices();
  return useMutation({
    mutationFn: async ({ id, recordingId }: QuarantineItem) =>
      saveAs(
        await api.blob(`/shiftline/recordings/quarantine/${id}/metadata`),
        `${recordingId}_metadata.json`,
      ),
  });
}
