{-# LANGUAGE ForeignFunctionInterface #-}

-- | Answers on $PORT with the version of GHC, the time zone, and what a function in C says. With an argument, it is the
-- probe of that name.
module Main (main) where

import Control.Concurrent (forkIO)
import Control.Exception (bracket, finally)
import Control.Monad (forever, void)
import qualified Data.ByteString as Bytes
import qualified Data.ByteString.Char8 as Text
import Data.Time.Clock.POSIX (posixSecondsToUTCTime)
import Data.Time.Format (defaultTimeLocale, formatTime)
import Data.Time.LocalTime (getTimeZone, getZonedTime, utcToLocalTime)
import Foreign.C.Types (CInt (..))
import Network.Socket
import Network.Socket.ByteString (recv, sendAll)
import System.Environment (getArgs, lookupEnv)
import System.Exit (die)
import System.Info (fullCompilerVersion)
import Data.Version (showVersion)
import System.Posix.Process (exitImmediately)
import System.Exit (ExitCode (ExitSuccess))
import System.Posix.Signals (Handler (Catch), installHandler, sigTERM)

foreign import ccall "answer" answer :: CInt

main :: IO ()
main = getArgs >>= run
  where
    run [] = serve
    run ["time-zone"] = do
      zone <- getTimeZone epoch
      putStrLn (formatTime defaultTimeLocale "%H:%M" (utcToLocalTime zone epoch))
    run ["unicode"] = putStrLn "d\233j\224 \10003"
    run other = die ("there is no probe " ++ unwords other)
    epoch = posixSecondsToUTCTime 0

serve :: IO ()
serve = do
  -- Process 1 gets no default handlers: without this, SIGTERM would do nothing.
  void (installHandler sigTERM (Catch (exitImmediately ExitSuccess)) Nothing)
  port <- maybe 8080 read <$> lookupEnv "PORT"
  bracket (socket AF_INET Stream defaultProtocol) close $ \listener -> do
    setSocketOption listener ReuseAddr 1
    bind listener (SockAddrInet port 0)
    listen listener 16
    forever $ accept listener >>= \(client, _) -> forkIO (respond client `finally` close client)

respond :: Socket -> IO ()
respond client = do
  _ <- recv client 4096
  body <- hello
  sendAll client (Text.pack (headOf (Bytes.length body)) <> body)
  where
    headOf size =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " ++ show size ++ "\r\n\r\n"

hello :: IO Bytes.ByteString
hello = do
  timezone <- formatTime defaultTimeLocale "%z" <$> getZonedTime
  pure (Text.pack ("{\"language\":\"haskell\",\"version\":\"" ++ showVersion fullCompilerVersion ++ "\",\"timezone\":\"" ++ timezone ++ "\",\"native\":" ++ show answer ++ "}"))
