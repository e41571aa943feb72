defmodule Hello do
  @moduledoc "Answers on $PORT with the version of Elixir, the time zone, and what a native function in C says."

  @on_load :load
  def load, do: :erlang.load_nif(~c"/app/native", 0)
  def answer, do: :erlang.nif_error(:not_loaded)

  def start do
    {:ok, _} = Application.ensure_all_started(:inets)
    port = String.to_integer(System.get_env("PORT", "8080"))
    folders = [server_root: ~c"/tmp", document_root: ~c"/tmp"]
    {:ok, _} = :inets.start(:httpd, [port: port, server_name: ~c"hello", modules: [__MODULE__]] ++ folders)
  end

  @doc "What inets calls for each request."
  def unquote(:do)(_request) do
    body = ~s({"language":"elixir","version":"#{System.version()}","timezone":"#{time_zone()}","native":#{answer()}})
    head = [code: 200, content_type: ~c"application/json", content_length: ~c"#{byte_size(body)}"]
    {:proceed, [response: {:response, head, [body]}]}
  end

  # RFC 3339 ends with +09:00.
  defp time_zone do
    now = :calendar.system_time_to_rfc3339(System.os_time(:second))
    now |> to_string() |> String.slice(-6, 6) |> String.replace(":", "")
  end
end
