import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../../app/services';
import { readAgainIn } from '../../foundation/queries';
import type {
  ShiftException,
  ShiftExceptionDraft,
  ShiftExceptions,
  ShiftOverride,
  ShiftOverrideDraft,
  ShiftOverrides,
  ShiftRule,
  TelephonySettings,
} from '../../wire/api';
import { ACCESS } from '../queries';

const RULE = ['shift rule'] as const;
export const ON_A_PAGE = 25;

export function useShiftRule() {
  const { api } = useServices();
  return useQuery({
    queryKey: [...RULE, 'settings'],
    queryFn: async ({ signal }): Promise<ShiftRule> => {
      const { softphoneOnlyWithinShift } = await api.get<TelephonySettings>('/telephony/settings', signal);
      return softphoneOnlyWithinShift ?? { enabled: false };
    },
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

/** What is changed of the rule holds at once: all that was read of it, and all answers, are read again. */
function useChange<Asked, Answer>(change: (asked: Asked) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: RULE }),
        queries.invalidateQueries({ queryKey: ACCESS, refetchType: 'none' }),
      ]),
  });
}

export function useChangeRule() {
  const { api } = useServices();
  return useChange((rule: ShiftRule) =>
    api.put<TelephonySettings>('/telephony/settings', {
      softphoneOnlyWithinShift: rule,
    } satisfies TelephonySettings),
  );
}

/** `isAll`: also those that ended. `page` begins with 1. */
export function useExceptions({ isAll, page }: { isAll: boolean; page: number }) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...RULE, 'exceptions', isAll, page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<ShiftExceptions>(
        `/shiftline/access/shiftexceptions?state=${isAll ? 'all' : 'standing'}&pageSize=${ON_A_PAGE}&pageNumber=${page}`,
        signal,
      ),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

export function useExcept() {
  const { api } = useServices();
  return useChange((draft: ShiftExceptionDraft) =>
    api.post<ShiftException>('/shiftline/access/shiftexceptions', draft),
  );
}

export function useEndException() {
  const { api } = useServices();
  return useChange((id: string) =>
    api.post<ShiftException>(`/shiftline/access/shiftexceptions/${id}/end`, undefined),
  );
}

/** `isAll`: also those that ended. `page` begins with 1. */
export function useOverrides({ isAll, page }: { isAll: boolean; page: number }) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...RULE, 'overrides', isAll, page],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<ShiftOverrides>(
        `/shiftline/access/shiftoverrides?state=${isAll ? 'all' : 'standing'}&pageSize=${ON_A_PAGE}&pageNumber=${page}`,
        signal,
      ),
    refetchInterval: (query) => readAgainIn('unheard', query),
  });
}

export function useLetIn() {
  const { api } = useServices();
  return useChange((draft: ShiftOverrideDraft) =>
    api.post<ShiftOverride>('/shiftline/access/shiftoverrides', draft),
  );
}

export function useEndOverride() {
  const { api } = useServices();
  return useChange((id: string) =>
    api.post<ShiftOverride>(`/shiftline/access/shiftoverrides/${id}/end`, undefined),
  );
}
