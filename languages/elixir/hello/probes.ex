defmodule Probes do
  @moduledoc "Each function shows that a promise is kept."

  @doc "The local time of Unix time 0."
  def time_zone do
    {date, time} = :calendar.universal_time_to_local_time({{1970, 1, 1}, {0, 0, 0}})
    IO.puts(Calendar.strftime(NaiveDateTime.from_erl!({date, time}), "%H:%M"))
  end

  @doc "Letters that only UTF-8 has all of."
  def unicode, do: IO.puts("d\u00e9j\u00e0 \u2713")

  @doc "What is at $URL, if the system's certificate authorities vouch for it."
  def tls do
    for each <- [:inets, :ssl], do: {:ok, _} = Application.ensure_all_started(each)
    match = :public_key.pkix_verify_hostname_match_fun(:https)
    trust = [verify: :verify_peer, cacerts: :public_key.cacerts_get(), customize_hostname_check: [match_fun: match]]
    url = String.to_charlist(System.fetch_env!("URL"))
    {:ok, {_, _, body}} = :httpc.request(:get, {url, []}, [ssl: trust], [])
    IO.write(body)
  end

  @doc "Each application of Elixir that is not there, or of which a module does not load."
  def standard_library do
    for name <- [:eex, :elixir, :ex_unit, :iex, :logger, :mix], not loads?(name), do: IO.puts(name)
  end

  defp loads?(application) do
    case :code.lib_dir(application) do
      {:error, :bad_name} -> false
      folder -> Path.wildcard("#{folder}/ebin/*.beam") |> Enum.all?(&load?/1)
    end
  end

  defp load?(file) do
    case :code.ensure_loaded(file |> Path.basename(".beam") |> String.to_atom()) do
      {:module, _} -> true
      {:error, why} -> IO.puts(:stderr, "#{file}: #{inspect(why)}") && false
    end
  end
end
