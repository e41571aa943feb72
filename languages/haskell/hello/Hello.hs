{-# LANGUAGE ForeignFunctionInterface #-}

-- | Answers on $PORT with the version of GHC, the time zone, and what a function in C says. With an argument, it is the
-- probe of that name.
module Main (main) where

import Control.Concurrent (forkIO)
import Control.Exception (finally)
import Control.Monad (forever, void)
import qualified Data.ByteString as Bytes
import qualified Data.ByteString.Char8 as Text
import Data.Time.Clock.POSIX (posixSecondsToUTCTime)
import Data.Time.Format (defaultTimeLocale, formatTime)
import Data.Time.LocalTime (getTimeZone, getZonedTime, utcToLocalTime)
import Data.Version (showVersion)
import Foreign.C.Error (throwErrnoIfMinus1, throwErrnoIfMinus1Retry)
import Foreign.C.String (CString)
import Foreign.C.Types (CInt (..))
import Foreign.Marshal.Alloc (allocaBytes)
import Foreign.Ptr (Ptr, nullPtr)
import System.Environment (getArgs, getEnv, lookupEnv)
import System.Exit (ExitCode (ExitSuccess), die)
import System.IO (Handle, hClose)
import System.Info (fullCompilerVersion)
import System.Posix.IO (fdToHandle)
import System.Posix.Process (exitImmediately)
import System.Posix.Signals (Handler (Catch), installHandler, sigTERM)

foreign import ccall "answer" answer :: CInt
foreign import ccall "listen_on" listenOn :: CInt -> IO CInt
foreign import ccall "accept" accept :: CInt -> Ptr () -> Ptr () -> IO CInt
foreign import ccall "https" https :: CString -> CString -> CString -> CInt -> IO CInt

main :: IO ()
main = getArgs >>= run
  where
    run [] = serve
    run ["time-zone"] = do
      zone <- getTimeZone epoch
      putStrLn (formatTime defaultTimeLocale "%H:%M" (utcToLocalTime zone epoch))
    run ["unicode"] = putStrLn "d\233j\224 \10003"
    run ["tls"] = getEnv "URL" >>= fetch
    run other = die ("there is no probe " ++ unwords other)
    epoch = posixSecondsToUTCTime 0

serve :: IO ()
serve = do
  -- Process 1 gets no default handlers: without this, SIGTERM would do nothing.
  void (installHandler sigTERM (Catch (exitImmediately ExitSuccess)) Nothing)
  port <- maybe 8080 read <$> lookupEnv "PORT"
  listener <- throwErrnoIfMinus1 "listen" (listenOn port)
  forever $ do
    client <- throwErrnoIfMinus1Retry "accept" (accept listener nullPtr nullPtr) >>= fdToHandle . fromIntegral
    forkIO (respond client `finally` hClose client)

respond :: Handle -> IO ()
respond client = do
  _ <- Bytes.hGetSome client 4096
  body <- hello
  Bytes.hPut client (Text.pack (headOf (Bytes.length body)) <> body)
  where
    headOf size =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " ++ show size ++ "\r\n\r\n"

hello :: IO Bytes.ByteString
hello = do
  timezone <- formatTime defaultTimeLocale "%z" <$> getZonedTime
  pure (Text.pack ("{\"language\":\"haskell\",\"version\":\"" ++ showVersion fullCompilerVersion ++ "\",\"timezone\":\"" ++ timezone ++ "\",\"native\":" ++ show answer ++ "}"))

-- | Gets https://HOST:PORT/ and prints what follows the headers.
fetch :: String -> IO ()
fetch url =
  Bytes.useAsCString address $ \server -> Bytes.useAsCString request $ \question -> allocaBytes room $ \text -> do
    size <- https server question text (fromIntegral room)
    if size < 0 then die "no answer over TLS" else Bytes.packCStringLen (text, fromIntegral size) >>= Text.putStr . bodyOf
  where
    address = Text.pack (takeWhile (/= '/') (drop (length "https://") url))
    request = Text.concat [Text.pack "GET / HTTP/1.0\r\nHost: ", address, Text.pack "\r\n\r\n"]
    bodyOf = Bytes.drop 4 . snd . Bytes.breakSubstring (Text.pack "\r\n\r\n")
    room = 65536
