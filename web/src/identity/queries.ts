import { useQuery } from '@tanstack/react-query';
import { useServices } from '../app/services';
import type { Me } from '../wire/api';

export const ME = ['me'] as const;

export function useMe() {
  const { api } = useServices();
  return useQuery({
    queryKey: ME,
    queryFn: ({ signal }) => api.get<Me>('/users/me', signal),
  });
}
