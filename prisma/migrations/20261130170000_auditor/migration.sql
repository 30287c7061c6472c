-- A third role: it reads, and changes nothing (decision 64).
ALTER TYPE "Role" ADD VALUE 'AUDITOR';
